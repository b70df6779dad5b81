"""The language that Darkroom's services share: jobs, recipes, messages, keys, queues and the errors between them."""
