/** Generated from docs/openapi.json by `npm run types`. Do not edit. */

export interface paths {
    "/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log in
         * @description Begins a session and sets its cookie. A session that the cookie stood for before ends. Attempts are limited for each address and each user.
         */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log out
         * @description Ends this session, or all sessions of the user.
         */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** See who is logged in */
        get: operations["me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change your password
         * @description Ends all sessions of the user. The answer has a new one for this browser, with its cookie. Wrong present passwords count as attempts to log in.
         */
        put: operations["change_password"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List your sessions */
        get: operations["list_sessions"];
        put?: never;
        post?: never;
        /** End all your other sessions */
        delete: operations["end_other_sessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one of your sessions */
        delete: operations["end_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get what a page must know before anybody has logged in
         * @description Needs no key. It names limits, formats, presets and addresses, and says whether the request has a session. For that reason it is never cached.
         */
        get: operations["read_config"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow all your jobs
         * @description Server-Sent Events: an event `job` within about a second of each change of a job, new jobs included, and an event `deleted` for each deletion. The first event is `reset`, unless `Last-Event-ID` names an event of the last five minutes: load your jobs then (`GET /jobs`), and apply the events that follow. An event may come twice; the later one counts. The stream ends after about five minutes: resume it with `Last-Event-ID`. If the API key is revoked or the session ends, the stream ends too.
         */
        get: operations["owner_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process answers */
        get: operations["healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your jobs, newest first
         * @description Each job in short; `GET /status/{job_id}` shows the rest. One request looks at no more than 1,000 jobs, so with filters a page may be short or empty. As long as there is a `next_cursor`, more jobs may follow.
         */
        get: operations["list_jobs"];
        put?: never;
        /**
         * Run a recipe on the original of a job
         * @description Makes a new job with a copy of the original, as if the file had been uploaded again: it counts against the quotas, expires and is deleted by itself. Takes the scopes `upload` and `read`.
         */
        post: operations["run_again"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Cancel an open job, or delete a finished one
         * @description An open job becomes `cancelled`. A finished job is deleted for good, with all its objects.
         */
        delete: operations["delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get all variants as a ZIP file
         * @description Written while it is sent, so its length is not known beforehand. If some variants failed, it contains the others.
         */
        get: operations["archived"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the deliveries of a job's webhooks */
        get: operations["deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/deliveries/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a job's webhook again
         * @description Sends the event of the job's end under the same id, even if it was delivered before. A callback URL that answered 410 is tried again. Counts as one job of the daily quota. While one replay of a job is being delivered, another one is 409 `under_way`.
         */
        post: operations["replay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow a job's status
         * @description Server-Sent Events: the present state at once, then an event for each change, until the job ends. A stream may end earlier. Resume it with `Last-Event-ID`. If the API key is revoked or the session ends, the stream ends at the next event.
         */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/manifest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the manifest
         * @description The document that says what was made of the image, how and with which software. Redirects to it; the address is valid for about an hour.
         */
        get: operations["manifest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/markup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the HTML that shows a published image
         * @description A `<picture>` with all formats and widths of one aspect ratio, from which browsers choose. With `Accept: application/json` the same as data. Variants on request are in it: they are made when a browser asks for them.
         */
        get: operations["markup"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/original": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the original
         * @description Redirects to the file that was uploaded. The address is valid for about an hour. `original.expires_at` in the job's body says how long there is an original.
         */
        get: operations["original"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/published": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Give the results public addresses
         * @description An open job gets them when it ends. A job that ended gets them now, usually within this request: then the answer has them. The copies count as stored bytes. May be repeated.
         */
        put: operations["publish"];
        post?: never;
        /**
         * Take back the public addresses
         * @description The results themselves stay. Caches outside of the service may keep what they have. May be repeated.
         */
        delete: operations["unpublish"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run the failed variants again
         * @description Counts against the daily quotas as one more job, with the bytes of its image.
         */
        post: operations["retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/variants/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a variant's image
         * @description Redirects to the image. The address is valid for about an hour. A variant on request is made by the first request for it: the answer waits up to 10 seconds for it, and is 503 after that.
         */
        get: operations["variant"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/actions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry, delete, publish or unpublish many jobs
         * @description Up to 100 jobs by id: 200 with an outcome for each. All jobs that match a filter: 202, and the jobs are changed in the background, one action of an owner at a time. Each retry counts against the daily quotas as one more job.
         */
        post: operations["act_on_jobs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/actions/{action_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** See how far an action has come */
        get: operations["read_action"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the API keys of your owner */
        get: operations["list_keys"];
        put?: never;
        /**
         * Make an API key
         * @description The answer shows the key, once. The login must be at most 10 minutes ago. Keys that users make share the limits of their owner's sessions.
         */
        post: operations["make_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{prefix}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an API key
         * @description It may work for 30 more seconds. The login must be at most 10 minutes ago.
         */
        delete: operations["revoke_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/public/{job_id}/{filename}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a published image
         * @description The address of a published result, without a key. It works as long as the job is published. Browsers and caches may keep the image for a year. A variant on request is made by the first request for it, HEAD included: the answer waits up to 10 seconds for it, and is 503 after that.
         */
        get: operations["public_result"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The service can accept work */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/recipes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List all presets by name
         * @description Those of the installation whole, and yours in short: their recipes are at `/recipes/{name}`.
         */
        get: operations["list_recipes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/recipes/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a preset */
        get: operations["read_recipe"];
        /**
         * Put a preset
         * @description Makes the recipe the newest version of the preset, with the number after the last one there ever was. The recipe that is the newest already makes no version. Versions never change.
         */
        put: operations["put_recipe"];
        post?: never;
        /**
         * Delete a preset
         * @description Removes all its versions. Jobs that ran it keep their recipe. A later preset of the same name goes on with the numbers.
         */
        delete: operations["delete_recipe"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/recipes/{name}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the versions of a preset
         * @description The newest first. A preset of the installation has none.
         */
        get: operations["list_versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/recipes/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Plan a recipe for an image
         * @description The sizes and formats that the recipe would make, exact unless they are marked as bounds. Nothing is uploaded, and only the request counts.
         */
        post: operations["plan_recipe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/recipes/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Preview a variant on the original of a job
         * @description The image itself, which is stored nowhere. Counts against the daily quotas as one job without bytes. At most 4,000,000 pixels and 8,388,608 bytes. It takes the time of a small job, and `503` if it is not made within 10 seconds.
         */
        post: operations["preview_variant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/recipes/schema": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the JSON Schema of recipes */
        get: operations["recipe_schema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/status/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a job's status */
        get: operations["status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload or import an image
         * @description Send the image as the part `file` of a form, or as the body itself. The answer comes when the image is stored. Or send JSON with the `url` of an image: Darkroom fetches it after the answer, in up to five tries within 15 minutes. If that fails, the job fails with the code `fetch_refused`, `fetch_failed`, `upload_too_large`, `unsupported_media_type`, `image_too_large` or `quota_exceeded`.
         */
        post: operations["upload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/uploads/presigned": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get a form for an upload straight to S3
         * @description S3 accepts the form for ten minutes. It refuses another type or key, and a larger file. The job begins when the image has arrived.
         */
        post: operations["presigned"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get your limits, and how much of them you have used */
        get: operations["read_usage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/images/upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload an image as the body
         * @description The same as `POST /uploads` with the image as the body, for clients that use this path.
         */
        post: operations["upload_raw"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the secret that signs your webhooks
         * @description Made at the first request, and the same for all your API keys. Needs the scopes `read` and `upload`, because anyone who has the secret can sign.
         */
        get: operations["secret"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/secret/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replace the webhook secret
         * @description For a day, webhooks carry two signatures: one by the old secret and one by the new one.
         */
        post: operations["rotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * ActionBody
         * @description An action by filter, and how far it has come.
         */
        ActionBody: {
            action: components["schemas"]["ActionKind"];
            /** Action Id */
            action_id: string;
            counts: components["schemas"]["ActionCounts"];
            /**
             * Created At
             * @description Jobs that were created later are left out.
             */
            created_at: string;
            state: components["schemas"]["ActionState"];
            /** Updated At */
            updated_at: string;
        };
        /**
         * ActionCounts
         * @description How far an action has come. Jobs are counted once their page is finished.
         */
        ActionCounts: {
            /**
             * Done
             * @description Jobs that were changed.
             * @default 0
             */
            done: number;
            /**
             * Examined
             * @description Jobs that were compared with the filter.
             * @default 0
             */
            examined: number;
            /**
             * Failed
             * @description Jobs that match and could not be changed.
             * @default 0
             */
            failed: number;
            /**
             * Failures
             * @description The same by the code of the error.
             */
            failures?: {
                [key: string]: number;
            };
        };
        /**
         * ActionKind
         * @description What is done with each job. The value is the public name.
         * @enum {string}
         */
        ActionKind: "retry" | "delete" | "publish" | "unpublish";
        /**
         * ActionState
         * @description State of an action. The value is the public name.
         * @enum {string}
         */
        ActionState: "queued" | "running" | "done";
        /**
         * Adjust
         * @description Change brightness, then contrast, then gamma, then saturation.
         */
        Adjust: {
            /**
             * Brightness
             * @description Multiplies all levels, by 0 to 4. 0 makes the image black, 1 changes nothing. Default: 1.
             * @default 1
             */
            brightness: number;
            /**
             * Contrast
             * @description Multiplies the distance of each level from middle grey, by 0 to 4. 1 changes nothing. Default: 1.
             * @default 1
             */
            contrast: number;
            /**
             * Gamma
             * @description Gamma correction, from 0.1 to 10. Above 1 dark tones become lighter, below 1 darker. 1 changes nothing. Default:
             *     1.
             * @default 1
             */
            gamma: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "adjust";
            /**
             * Saturation
             * @description Multiplies the distance of each colour from grey, by 0 to 4. 0 makes the image grey, 1 changes nothing. Default:
             *     1.
             * @default 1
             */
            saturation: number;
        };
        /**
         * AttemptBody
         * @description One POST to the callback URL.
         */
        AttemptBody: {
            /** At */
            at: string;
            /**
             * Attempt
             * @description Number of the attempt within one delivery, from 1.
             */
            attempt: number;
            /** Delivered */
            delivered: boolean;
            /** Duration Ms */
            duration_ms: number;
            /**
             * Error
             * @description Why there was no valid response: `timeout`, `connection_failed`, `no_public_address`,
             *     `tls_failed`, `redirect_refused`, `invalid_response` or `invalid_url`.
             */
            error: string | null;
            /**
             * Event Id
             * @description The value of the header `webhook-id`.
             */
            event_id: string;
            /**
             * Status
             * @description HTTP status of the response; null if there was none.
             */
            status: number | null;
        };
        /**
         * Blur
         * @description Blur the image with a Gaussian filter. Transparent edges are blurred too.
         */
        Blur: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "blur";
            /**
             * Sigma
             * @description Standard deviation of the filter in pixels, from 0.3 to 100. A larger value blurs more. Default: 2.
             * @default 2
             */
            sigma: number;
        };
        /**
         * CallerUsedBody
         * @description What one caller of the owner has used.
         */
        CallerUsedBody: {
            /**
             * Bytes In
             * @description Bytes of their originals.
             */
            bytes_in: number;
            /**
             * Bytes Stored
             * @description Bytes that were stored when runs ended. Deletions do not subtract them.
             */
            bytes_stored: number;
            /**
             * Cpu Ms
             * @description CPU time of processors, in milliseconds.
             */
            cpu_ms: number;
            /**
             * Jobs
             * @description Jobs whose first run ended.
             */
            jobs: number;
            /**
             * Key
             * @description The beginning of the API key, or `sessions`, or `drops` for originals that were put straight into the bucket.
             */
            key: string;
        };
        /**
         * CandidateBody
         * @description An image that a browser may choose.
         */
        CandidateBody: {
            /** Height */
            height: number;
            /** Url */
            url: string;
            /** Variant */
            variant: string;
            /** Width */
            width: number;
        };
        /**
         * ConfigBody
         * @description What a page must know before anybody has logged in.
         */
        ConfigBody: {
            environment: components["schemas"]["Environment"];
            features: components["schemas"]["FeaturesBody"];
            formats: components["schemas"]["FormatsBody"];
            /**
             * Has Session
             * @description Whether the cookie of this request stands for a session that has not ended.
             */
            has_session: boolean;
            limits: components["schemas"]["LimitsBody"];
            /**
             * Presets
             * @description Names of the presets that everybody has.
             */
            presets: string[];
            storage: components["schemas"]["StorageBody"];
            /** Version */
            version: string;
        };
        /**
         * Cost
         * @description CPU time and bytes that processing used.
         */
        Cost: {
            /**
             * Bytes Read
             * @default 0
             */
            bytes_read: number;
            /**
             * Bytes Written
             * @default 0
             */
            bytes_written: number;
            /**
             * Cpu Ms
             * @default 0
             */
            cpu_ms: number;
        };
        /**
         * Crop
         * @description Cut out a rectangle. Parts of it outside the image are ignored. The variant fails if nothing of the image is
         *     left.
         */
        Crop: {
            /**
             * Height
             * @description Height of the rectangle, in `unit`. Above 0.
             */
            height: number;
            /**
             * Left
             * @description Distance of the rectangle from the left side of the image, in `unit`. Default: 0.
             * @default 0
             */
            left: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "crop";
            /**
             * Top
             * @description Distance of the rectangle from the top of the image, in `unit`. Default: 0.
             * @default 0
             */
            top: number;
            /**
             * Unit
             * @description Unit of the four numbers. `px`: whole pixels, up to 65536. `fraction`: parts of the image's width and height, up
             *     to 1. Default: `px`.
             * @default px
             * @enum {string}
             */
            unit: "px" | "fraction";
            /**
             * Width
             * @description Width of the rectangle, in `unit`. Above 0.
             */
            width: number;
        };
        /**
         * DayBody
         * @description What the owner has used on one day.
         */
        DayBody: {
            /**
             * By Key
             * @description The same by caller, the largest number of jobs first.
             */
            by_key: components["schemas"]["CallerUsedBody"][];
            /**
             * Bytes In
             * @description Bytes of their originals.
             */
            bytes_in: number;
            /**
             * Bytes Stored
             * @description Bytes that were stored when runs ended. Deletions do not subtract them.
             */
            bytes_stored: number;
            /**
             * Cpu Ms
             * @description CPU time of processors, in milliseconds.
             */
            cpu_ms: number;
            /**
             * Day
             * Format: date
             * @description The day (UTC).
             */
            day: string;
            /**
             * Jobs
             * @description Jobs whose first run ended.
             */
            jobs: number;
        };
        /**
         * DeliveriesBody
         * @description The deliveries of a job's webhooks.
         */
        DeliveriesBody: {
            /**
             * Attempts
             * @description The last twenty attempts, newest first.
             */
            attempts: components["schemas"]["AttemptBody"][];
            /** Callback Url */
            callback_url: string | null;
            /**
             * Gone At
             * @description The moment at which the callback URL answered 410. After that it gets a webhook only by a replay.
             */
            gone_at: string | null;
        };
        /**
         * Environment
         * @description Environment of the service. Only development accepts the development keys, which are public.
         * @enum {string}
         */
        Environment: "development" | "production";
        /**
         * ErrorBody
         * @description The reason of a failure: a stable code, and a sentence for people.
         */
        ErrorBody: {
            /** Code */
            code: string;
            /** Message */
            message: string;
        };
        /**
         * FaultItem
         * @description One fault among several.
         */
        FaultItem: {
            /** Message */
            message: string;
            /** Pointer */
            pointer: string;
        };
        /**
         * FeaturesBody
         * @description Parts that an installation may have or lack.
         */
        FeaturesBody: {
            /**
             * Heic
             * @description Whether HEIC files can be read.
             */
            heic: boolean;
            /**
             * Mail
             * @description Whether Darkroom sends mail to users, for example for a forgotten password.
             */
            mail: boolean;
        };
        /**
         * Filter
         * @description The filter that resamples pixels.
         * @enum {string}
         */
        Filter: "nearest" | "bilinear" | "bicubic" | "lanczos";
        /**
         * Fit
         * @description How an image fits the size asked for, as in CSS `object-fit` and in sharp.
         * @enum {string}
         */
        Fit: "cover" | "contain" | "fill" | "inside" | "outside";
        /**
         * Flatten
         * @description Remove transparency: draw the image on an opaque background.
         */
        Flatten: {
            /**
             * Background
             * @description Colour of the background. Its own transparency is ignored. Default: white.
             * @default #ffffff
             * @example #fff
             * @example #336699
             * @example #33669980
             * @example transparent
             */
            background: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "flatten";
        };
        /**
         * Flip
         * @description Mirror the image top to bottom.
         */
        Flip: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "flip";
        };
        /**
         * Flop
         * @description Mirror the image left to right.
         */
        Flop: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "flop";
        };
        /**
         * Focus
         * @description The point of the image that matters most. The part that is kept has it as near to its centre as possible.
         */
        Focus: {
            /**
             * X
             * @description Distance from the left side, as a fraction of the width, from 0 to 1.
             */
            x: number;
            /**
             * Y
             * @description Distance from the top, as a fraction of the height, from 0 to 1.
             */
            y: number;
        };
        /**
         * FormatsBody
         * @description Image formats by name.
         */
        FormatsBody: {
            /** Read */
            read: string[];
            /** Written */
            written: string[];
        };
        /**
         * Grayscale
         * @description Make the image grey, by the luma of ITU-R BT.601. Transparency stays.
         */
        Grayscale: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "grayscale";
        };
        /**
         * ImageFacts
         * @description What a plan needs to know about an image.
         */
        ImageFacts: {
            /**
             * Bytes
             * @description Bytes of the file.
             */
            bytes?: number | null;
            format: components["schemas"]["ImageFormat"];
            /**
             * Frames
             * @description Frames of an animation, or pages.
             * @default 1
             */
            frames: number;
            /**
             * Has Alpha
             * @description Whether the file has transparency. The default is whether its format can have it.
             */
            has_alpha?: boolean | null;
            /** Height */
            height: number;
            /**
             * Width
             * @description Pixels after the EXIF orientation is applied.
             */
            width: number;
        };
        /**
         * ImageFormat
         * @description A format that Darkroom reads. The value is the public name.
         * @enum {string}
         */
        ImageFormat: "jpeg" | "png" | "webp" | "gif" | "tiff" | "bmp" | "avif" | "jpeg2000" | "ico" | "ppm";
        /**
         * ImageSetBody
         * @description Images of one format, by width.
         */
        ImageSetBody: {
            /** Candidates */
            candidates: components["schemas"]["CandidateBody"][];
            /** Srcset */
            srcset: string;
            /**
             * Type
             * @description The media type.
             */
            type: string;
        };
        /**
         * Include
         * @description A part of the job that is shown only if it is asked for.
         * @enum {string}
         */
        Include: "recipe";
        /**
         * JobBody
         * @description A job.
         */
        JobBody: {
            /**
             * Attempt
             * @description Number of the job's run, from 1. Each retry begins another.
             */
            attempt: number;
            /** Completed At */
            completed_at: string | null;
            cost: components["schemas"]["Cost"];
            /** Created At */
            created_at: string;
            error: components["schemas"]["ErrorBody"] | null;
            /** Job Id */
            job_id: string;
            /** @description The manifest of the last run that ended by itself; null before that. */
            manifest: components["schemas"]["ManifestBody"] | null;
            /**
             * Metadata
             * @description The client's own metadata. Left out if there is none.
             * @default {}
             */
            metadata: {
                [key: string]: string;
            };
            /** @description The stored file. Null before it has arrived. */
            original: components["schemas"]["OriginalBody"] | null;
            /**
             * Original Of
             * @description The job whose original this job runs again. Left out for an upload.
             */
            original_of?: string | null;
            /** @description The preset with its version; null for a recipe without a name. */
            preset: components["schemas"]["JobPresetBody"] | null;
            progress: components["schemas"]["ProgressBody"];
            /**
             * Public
             * @description Whether the results have public addresses. An open job gets them when it ends.
             */
            public: boolean;
            /**
             * Queued At
             * @description Moment at which this run was queued; null until the original has arrived.
             */
            queued_at: string | null;
            /**
             * Recipe
             * @description The preset's name, or `custom`.
             */
            recipe: string;
            /**
             * Recipe Document
             * @description The recipe as it runs, with all defaults. Left out unless the request says `include=recipe`.
             */
            recipe_document?: {
                [key: string]: unknown;
            } | null;
            /**
             * Results Expire At
             * @description Null: results are kept as long as the job.
             */
            results_expire_at: string | null;
            /** @description Why the job may not be retried; null if it may. */
            retry_refusal: components["schemas"]["ErrorBody"] | null;
            /**
             * Retryable
             * @description Whether the job may be retried, as long as its original is there (see `original`).
             */
            retryable: boolean;
            source: components["schemas"]["SourceBody"];
            /**
             * Started At
             * @description Moment at which a worker began this run; null before that.
             */
            started_at: string | null;
            status: components["schemas"]["JobStatus"];
            /** @description A small picture of the original; null until the image is described, or if the installation makes none. */
            thumbnail: components["schemas"]["ThumbnailBody"] | null;
            /** Updated At */
            updated_at: string;
            /** Variants */
            variants: components["schemas"]["VariantBody"][];
        };
        /**
         * JobFilter
         * @description The jobs that an action is about: those that meet all given conditions.
         */
        JobFilter: {
            /**
             * Created After
             * @description The job was created at this moment or later.
             */
            created_after?: string | null;
            /**
             * Created Before
             * @description The job was created before this moment.
             */
            created_before?: string | null;
            /**
             * Filename
             * @description The file's name begins with this text.
             */
            filename?: string | null;
            /**
             * Metadata
             * @description The job's metadata has these values.
             */
            metadata?: {
                [key: string]: string;
            };
            /**
             * Preset
             * @description The job's recipe is this preset, or `custom`.
             */
            preset?: string | null;
            /**
             * Status
             * @description The job has one of these statuses.
             * @default []
             */
            status: components["schemas"]["JobStatus"][];
        };
        /**
         * JobPage
         * @description A page of a client's jobs. They have all fields of one of the two views.
         */
        JobPage: {
            /** Items */
            items: components["schemas"]["JobSummaryBody"][] | components["schemas"]["JobTileBody"][];
            /**
             * Next Cursor
             * @description The `cursor` of the next page; null on the last page.
             */
            next_cursor: string | null;
        };
        /**
         * JobPresetBody
         * @description The preset that a job runs. The job keeps the recipe, even if the preset is deleted.
         */
        JobPresetBody: {
            /** Name */
            name: string;
            /**
             * Version
             * @description Version of an owner's preset; null for a preset of the installation.
             */
            version: number | null;
        };
        /**
         * JobStatus
         * @description Status of a job. The value is the public name.
         * @enum {string}
         */
        JobStatus: "awaiting_upload" | "queued" | "processing" | "completed" | "partially_completed" | "failed" | "cancelled" | "expired";
        /**
         * JobSummaryBody
         * @description A job in short. `GET /status/{id}` shows the rest: source, variants, links, errors.
         */
        JobSummaryBody: {
            /** Completed At */
            completed_at: string | null;
            cost: components["schemas"]["Cost"];
            /** Created At */
            created_at: string;
            /** Filename */
            filename: string;
            /** Job Id */
            job_id: string;
            /** @description The preset with its version; null for a recipe without a name. */
            preset: components["schemas"]["JobPresetBody"] | null;
            progress: components["schemas"]["ProgressBody"];
            /**
             * Recipe
             * @description The preset's name, or `custom`.
             */
            recipe: string;
            status: components["schemas"]["JobStatus"];
            /** Updated At */
            updated_at: string;
        };
        /**
         * JobTileBody
         * @description A job as a page of many jobs shows it (`view=summary`).
         */
        JobTileBody: {
            /**
             * Bytes
             * @description Size of the original, as stored or as announced.
             */
            bytes: number | null;
            /** Completed At */
            completed_at: string | null;
            /** Created At */
            created_at: string;
            /** Filename */
            filename: string;
            /** Job Id */
            job_id: string;
            progress: components["schemas"]["ProgressBody"];
            status: components["schemas"]["JobStatus"];
            /** @description A small picture of the original; null until the image is described, or if the installation makes none. */
            thumbnail: components["schemas"]["ThumbnailBody"] | null;
            /** Updated At */
            updated_at: string;
        };
        /**
         * KeepMetadata
         * @description The metadata of the source that the result keeps. The orientation is applied to the pixels, and never kept.
         * @enum {string}
         */
        KeepMetadata: "none" | "icc" | "copyright" | "all";
        /**
         * KeyBody
         * @description An API key, without the key itself.
         */
        KeyBody: {
            /** Created At */
            created_at: string;
            /** Expires At */
            expires_at: string | null;
            /** Keep Original */
            keep_original: boolean;
            /**
             * Last Used At
             * @description When the key was last used, up to an hour too early; null if it never was.
             */
            last_used_at: string | null;
            /**
             * Made By
             * @description The user who made the key; null for a key of an operator.
             */
            made_by: string | null;
            /** Name */
            name: string;
            /**
             * Prefix
             * @description The beginning of the key, by which people recognise it.
             */
            prefix: string;
            /** Publish */
            publish: boolean;
            /** Revoked At */
            revoked_at: string | null;
            /** Scopes */
            scopes: components["schemas"]["Scope"][];
        };
        /**
         * KeysBody
         * @description The API keys of an owner.
         */
        KeysBody: {
            /**
             * Items
             * @description The newest first. Keys that were revoked or have expired stay for 30 days.
             */
            items: components["schemas"]["KeyBody"][];
            /**
             * Limit
             * @description Most usable keys that users may have made.
             */
            limit: number;
        };
        /**
         * LeftOutBody
         * @description A variant that the markup does not have.
         */
        LeftOutBody: {
            /** Reason */
            reason: string;
            /** Variant */
            variant: string;
        };
        /**
         * LimitsBody
         * @description Limits of this installation that do not depend on the caller. The route of usage shows those that do.
         */
        LimitsBody: {
            /** Frames */
            frames: number;
            /**
             * Jobs In An Action
             * @description Most jobs that one request to `/jobs/actions` may name.
             */
            jobs_in_an_action: number;
            /**
             * Operations
             * @description Most operations of a variant.
             */
            operations: number;
            /**
             * Output Side
             * @description Most pixels of each side of a result.
             */
            output_side: number;
            /**
             * Pixels
             * @description Most pixels of an image: width × height.
             */
            pixels: number;
            /**
             * Recipe Bytes
             * @description Most bytes of a recipe as stored.
             */
            recipe_bytes: number;
            /**
             * Runs
             * @description Most runs of one job, including the first.
             */
            runs: number;
            /**
             * Upload Bytes
             * @description Most bytes of one file.
             */
            upload_bytes: number;
            /**
             * Variants
             * @description Most variants of a recipe.
             */
            variants: number;
        };
        /**
         * ListedSessionBody
         * @description A session of the user.
         */
        ListedSessionBody: {
            /**
             * Address
             * @description The IPv4 address, or the network of the IPv6 address, from which the user logged in.
             */
            address: string;
            /** Begun At */
            begun_at: string;
            /**
             * Browser
             * @description What the browser called itself at the login; empty if it did not.
             */
            browser: string;
            /** Expires At */
            expires_at: string;
            /**
             * Id
             * @description A name for the session. It opens nothing.
             */
            id: string;
            /**
             * Is Current
             * @description Whether this request belongs to it.
             */
            is_current: boolean;
        };
        /**
         * ListView
         * @description What a list tells of each job.
         * @enum {string}
         */
        ListView: "standard" | "summary";
        /**
         * ManifestBody
         * @description The manifest: the document that says what was made of the image, how and with which software.
         */
        ManifestBody: {
            /**
             * Key
             * @description Key of the manifest in the results bucket.
             */
            key: string;
            /**
             * Url
             * @description Address of the manifest, valid for about an hour.
             */
            url: string;
        };
        /**
         * MarkupBody
         * @description The markup of a job, as HTML and as the data that it consists of.
         */
        MarkupBody: {
            /** Alt */
            alt: string;
            /**
             * Background
             * @description Dominant colour, to show until the image is there; null if the image may be transparent.
             */
            background: string | null;
            /** Height */
            height: number;
            /**
             * Html
             * @description A `<picture>` to paste into a page.
             */
            html: string;
            /** @description The set for `<img>`, which all browsers know. */
            image: components["schemas"]["ImageSetBody"];
            /**
             * Left Out
             * @description Variants that the markup does not have, and why.
             */
            left_out: components["schemas"]["LeftOutBody"][];
            /** Sizes */
            sizes: string;
            /**
             * Sources
             * @description Sets of images for `<source>`. A browser takes the first whose type it knows.
             */
            sources: components["schemas"]["ImageSetBody"][];
            /**
             * Src
             * @description Address of the largest image of this set.
             */
            src: string;
            /**
             * Thumbhash
             * @description A preview of some 25 bytes, base64 (https://evanw.github.io/thumbhash/).
             */
            thumbhash: string;
            /**
             * Width
             * @description Width in pixels of the largest image, and with `height` the aspect ratio of all.
             */
            width: number;
        };
        /**
         * NewKeyBody
         * @description An API key that was just made.
         */
        NewKeyBody: {
            /** Created At */
            created_at: string;
            /** Expires At */
            expires_at: string | null;
            /** Keep Original */
            keep_original: boolean;
            /**
             * Key
             * @description The key itself. It is shown in this answer only.
             */
            key: string;
            /**
             * Last Used At
             * @description When the key was last used, up to an hour too early; null if it never was.
             */
            last_used_at: string | null;
            /**
             * Made By
             * @description The user who made the key; null for a key of an operator.
             */
            made_by: string | null;
            /** Name */
            name: string;
            /**
             * Prefix
             * @description The beginning of the key, by which people recognise it.
             */
            prefix: string;
            /** Publish */
            publish: boolean;
            /** Revoked At */
            revoked_at: string | null;
            /** Scopes */
            scopes: components["schemas"]["Scope"][];
        };
        /**
         * Order
         * @description Order of a list, by the time of creation.
         * @enum {string}
         */
        Order: "newest" | "oldest";
        /**
         * OriginalBody
         * @description The file that the job reads.
         */
        OriginalBody: {
            /** Bytes */
            bytes: number;
            /**
             * Expires At
             * @description Moment until which it can be read; null if it is kept.
             */
            expires_at: string | null;
            /**
             * Kept
             * @description Whether it is kept as long as the job.
             */
            kept: boolean;
            /**
             * Url
             * @description Path of this API that leads to the file.
             */
            url: string;
        };
        /**
         * OutcomeBody
         * @description What became of one job.
         */
        OutcomeBody: {
            /**
             * Code
             * @description The code of the error, as a request for this one job would have it; null for success.
             */
            code: string | null;
            /** Detail */
            detail: string | null;
            /** Job Id */
            job_id: string;
            /** Ok */
            ok: boolean;
        };
        /**
         * OutcomesBody
         * @description The outcomes, in the order of `job_ids`.
         */
        OutcomesBody: {
            /** Outcomes */
            outcomes: components["schemas"]["OutcomeBody"][];
        };
        /**
         * Output
         * @description Format, quality and metadata of a variant. A format ignores the fields that it does not support.
         */
        Output: {
            /**
             * Colors
             * @description Largest number of colours in the palette of a PNG or GIF, from 2 to 256. Default: 256 for GIF; a PNG gets a
             *     palette only if it loses nothing.
             */
            colors?: number | null;
            /**
             * Effort
             * @description CPU time to spend on fewer bytes, from 0 (least) to 9 (most): the zlib level of PNG, the method of WebP, the
             *     speed of AVIF; from 5 on, JPEG gets optimized Huffman tables. A PNG with 0 is not compressed and may have at most
             *     1,000,000 pixels. Default: 4.
             * @default 4
             */
            effort: number;
            /**
             * @description Format of the result. `same` is the format of the source; of the formats that are only read, JPEG 2000 becomes
             *     JPEG and the others become PNG. `auto` chooses: animations become WebP; flat images and all images with `lossless`
             *     become PNG; photos become JPEG, or WebP if they have transparency. Default: `same`.
             * @default same
             */
            format: components["schemas"]["OutputFormat"];
            /**
             * Frames
             * @description `1` keeps only the first frame. `all` keeps an animation of GIF, WebP, PNG or AVIF if the result has one of these
             *     formats, with its times and its number of loops; an AVIF always loops forever. The pages of a TIFF are not an
             *     animation. Default: 1.
             * @default 1
             * @enum {unknown}
             */
            frames: 1 | "all";
            /**
             * @description Metadata of the source that the result keeps. `none`: nothing. `icc`: the ICC profile; colours stay in its colour
             *     space. `copyright`: the EXIF tags Artist and Copyright. `all`: the ICC profile, all EXIF tags, including the GPS
             *     position, and XMP. With `none` and `copyright` colours are converted to sRGB. GIF keeps nothing; TIFF keeps only
             *     text tags of the main EXIF directory. Default: `none`.
             * @default none
             */
            keep_metadata: components["schemas"]["KeepMetadata"];
            /**
             * Lossless
             * @description Whether WebP is lossless, and AVIF as near to lossless as its encoder allows (a few levels of 255). Other formats
             *     ignore it. Default: false.
             * @default false
             */
            lossless: boolean;
            /**
             * Max Bytes
             * @description Largest size of the result in bytes, at least 100. JPEG, WebP and AVIF get the highest quality, up to `quality`,
             *     that keeps to it. The variant fails if the result cannot be made this small. Default: no limit.
             */
            max_bytes?: number | null;
            /**
             * Progressive
             * @description Whether a JPEG is progressive: it loads from coarse to fine. Default: false.
             * @default false
             */
            progressive: boolean;
            /**
             * Quality
             * @description Quality of JPEG, WebP and AVIF, from 1 to 100. A JPEG without operations and with the format `same` never gets a
             *     higher quality than it has. Default: 80 for JPEG and WebP, 50 for AVIF.
             */
            quality?: number | null;
            /** @description Resolution of the colour channels of JPEG and AVIF. Default: `4:2:0` for JPEG, `4:4:4` for AVIF. */
            subsampling?: components["schemas"]["Subsampling"] | null;
        };
        /**
         * OutputFormat
         * @description A format that Darkroom writes, or a rule that chooses one.
         * @enum {string}
         */
        OutputFormat: "jpeg" | "png" | "webp" | "avif" | "gif" | "tiff" | "same" | "auto";
        /**
         * Overlay
         * @description The result of an earlier job of the same owner. It must exist for as long as the recipe is used.
         */
        Overlay: {
            /**
             * Job Id
             * @description Id of the job that has the result.
             */
            job_id: string;
            /**
             * Variant
             * @description Name of the variant in that job. Of an animation the first frame is used.
             */
            variant: string;
        };
        /**
         * Pad
         * @description Add a border around the image.
         */
        Pad: {
            /**
             * Background
             * @description Colour of the border. It also replaces transparency in the image, unless it is itself transparent. Default:
             *     white.
             * @default #ffffff
             * @example #fff
             * @example #336699
             * @example #33669980
             * @example transparent
             */
            background: string;
            /**
             * Bottom
             * @description Height of the border below the image, in pixels from 0 to 8192. Default: 0.
             * @default 0
             */
            bottom: number;
            /**
             * Left
             * @description Width of the border on the left, in pixels from 0 to 8192. Default: 0.
             * @default 0
             */
            left: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "pad";
            /**
             * Right
             * @description Width of the border on the right, in pixels from 0 to 8192. Default: 0.
             * @default 0
             */
            right: number;
            /**
             * Top
             * @description Height of the border above the image, in pixels from 0 to 8192. Default: 0.
             * @default 0
             */
            top: number;
        };
        /**
         * PlanBody
         * @description The plan of an upload. Sizes and formats are those that would be made. CPU time and memory are estimates.
         */
        PlanBody: {
            /**
             * Cpu Ms
             * @description CPU time of all tasks together, without variants on request.
             */
            cpu_ms: number;
            image: components["schemas"]["PlannedImageBody"];
            /**
             * Peak Bytes
             * @description Memory of the largest task.
             */
            peak_bytes: number;
            /**
             * Recipe
             * @description The preset's name, or `custom`.
             */
            recipe: string;
            /** Tasks */
            tasks: components["schemas"]["PlannedTaskBody"][];
            /** Variants */
            variants: components["schemas"]["PlannedVariantBody"][];
            /** Warnings */
            warnings: components["schemas"]["WarningBody"][];
        };
        /**
         * PlannedImageBody
         * @description The image that the plan is for.
         */
        PlannedImageBody: {
            /** Bytes */
            bytes: number | null;
            format: components["schemas"]["ImageFormat"];
            /** Frames */
            frames: number;
            /** Has Alpha */
            has_alpha: boolean;
            /** Height */
            height: number;
            /** Width */
            width: number;
        };
        /**
         * PlannedTaskBody
         * @description The work of one worker. Each task decodes the image once.
         */
        PlannedTaskBody: {
            /** Cpu Ms */
            cpu_ms: number;
            /** Decoded Height */
            decoded_height: number;
            /**
             * Decoded Width
             * @description Width in pixels at which the image is decoded. A JPEG is decoded smaller if that suffices for all variants.
             */
            decoded_width: number;
            /**
             * Describes
             * @description Whether the task also extracts the metadata.
             */
            describes: boolean;
            /**
             * Peak Bytes
             * @description The largest address space of the process, which is what the limit of memory counts.
             */
            peak_bytes: number;
            /** Variants */
            variants: string[];
        };
        /**
         * PlannedVariantBody
         * @description A variant that would be made. If it is certain to fail, the fields from `format` to `frames` are null.
         */
        PlannedVariantBody: {
            /** Content Type */
            content_type: string | null;
            /**
             * Cpu Ms
             * @description CPU time for this variant alone, after the image is decoded.
             */
            cpu_ms: number;
            /**
             * Folder
             * @description The first part of the result's key.
             */
            folder: string;
            format: components["schemas"]["ImageFormat"] | null;
            /**
             * Frames
             * @description The most frames: an encoder may join frames that look the same.
             */
            frames: number | null;
            /** Height */
            height: number | null;
            /**
             * Max Bytes
             * @description The limit that the recipe sets; null if it sets none. The pixels decide how many bytes there are.
             */
            max_bytes: number | null;
            /** Name */
            name: string;
            /**
             * Operations
             * @description The operations, with all defaults written out.
             */
            operations: (components["schemas"]["Resize"] | components["schemas"]["Crop"] | components["schemas"]["Trim"] | components["schemas"]["Rotate"] | components["schemas"]["Flip"] | components["schemas"]["Flop"] | components["schemas"]["Pad"] | components["schemas"]["Round"] | components["schemas"]["Grayscale"] | components["schemas"]["Flatten"] | components["schemas"]["Blur"] | components["schemas"]["Sharpen"] | components["schemas"]["Adjust"] | components["schemas"]["Tint"] | components["schemas"]["Sepia"] | components["schemas"]["Watermark"])[];
            /**
             * Other Formats
             * @description Other possible formats, if `auto` lets the pixels decide.
             */
            other_formats: components["schemas"]["ImageFormat"][] | null;
            output: components["schemas"]["Output"];
            /**
             * Size Exact
             * @description False if the pixels decide. Then `width` and `height` are upper bounds.
             */
            size_exact: boolean | null;
            /** @description `requested` for a variant that no task makes before somebody asks for it. */
            when: components["schemas"]["When"];
            /** Width */
            width: number | null;
        };
        /**
         * Position
         * @description The part of the image that `cover` keeps, or the place of the image on the background of `contain`.
         * @enum {string}
         */
        Position: "center" | "top" | "top-right" | "right" | "bottom-right" | "bottom" | "bottom-left" | "left" | "top-left" | "smart" | "entropy";
        /**
         * PresetBody
         * @description A preset: its recipe, and the version that this is.
         *
         *     The document may be put again as it is: `name`, `version` and `created_at` are then ignored.
         */
        PresetBody: {
            /**
             * Created At
             * @description Moment at which this version was put; null for a preset of the installation.
             */
            created_at: string | null;
            /**
             * Keep Original
             * @description Whether the original is kept as long as the job, unless a request says otherwise. Always true if some variants
             *     are made on request, since they are made of the original. Default: false.
             * @default false
             */
            keep_original: boolean;
            /** Name */
            name: string;
            /**
             * Publish
             * @description Whether jobs of this recipe are published, unless a request says otherwise. Default: false.
             * @default false
             */
            publish: boolean;
            /**
             * Variants
             * @description The variants, at most 32. Their names and folders are unique.
             */
            variants: components["schemas"]["Variant"][];
            /**
             * Version
             * @description Number of the version; null for a preset of the installation, which has none.
             */
            version: number | null;
        };
        /**
         * PresetSummaryBody
         * @description The newest version of one of your presets, without the recipe.
         */
        PresetSummaryBody: {
            /** Created At */
            created_at: string;
            /** Name */
            name: string;
            /** Version */
            version: number;
        };
        /**
         * PresetVersionBody
         * @description One version of a preset, without the recipe.
         */
        PresetVersionBody: {
            /** Created At */
            created_at: string;
            /** Version */
            version: number;
        };
        /**
         * PresetVersionsBody
         * @description The versions of a preset, the newest first. A preset of the installation has none.
         */
        PresetVersionsBody: {
            /** Name */
            name: string;
            /** Versions */
            versions: components["schemas"]["PresetVersionBody"][];
        };
        /**
         * PresignedBody
         * @description A job that waits for its file.
         */
        PresignedBody: {
            /** Job Id */
            job_id: string;
            /**
             * Status Url
             * @description The job's status, as a path of this API.
             */
            status_url: string;
            upload: components["schemas"]["PresignedForm"];
        };
        /**
         * PresignedForm
         * @description The form that S3 accepts: `multipart/form-data` with these fields first, and then the part `file`.
         */
        PresignedForm: {
            /**
             * Expires At
             * @description The moment until which S3 accepts the form.
             */
            expires_at: string;
            /** Fields */
            fields: {
                [key: string]: string;
            };
            /** Url */
            url: string;
        };
        /**
         * Problem
         * @description An error, as RFC 9457 describes it.
         */
        Problem: {
            /**
             * Actual
             * @description What the request had.
             * @default null
             */
            actual: number | null;
            /**
             * Code
             * @description The stable name of the error.
             */
            code: string;
            /** Detail */
            detail: string;
            /**
             * Errors
             * @description All faults, if there can be several.
             * @default null
             */
            errors: components["schemas"]["FaultItem"][] | null;
            /**
             * Fault
             * @description Why the requested image cannot be made, as of a failed variant.
             * @default null
             */
            fault: string | null;
            /** Instance */
            instance: string;
            /**
             * Limit
             * @description The limit that the request exceeded.
             * @default null
             */
            limit: number | null;
            /**
             * Quota
             * @description The quota that is used up: daily `jobs` or `bytes`, or `stored_bytes`.
             * @default null
             */
            quota: string | null;
            /**
             * Scope
             * @description The missing scope.
             * @default null
             */
            scope: string | null;
            /** Status */
            status: number;
            /** Title */
            title: string;
            /** Type */
            type: string;
            /**
             * Used
             * @description How much of the quota is used.
             * @default null
             */
            used: number | null;
        };
        /**
         * ProgressBody
         * @description How many variants are done, have failed, and exist in total. Variants on request do not count.
         */
        ProgressBody: {
            /** Done */
            done: number;
            /** Failed */
            failed: number;
            /** Total */
            total: number;
        };
        /**
         * QuotaBody
         * @description One quota.
         */
        QuotaBody: {
            /** Limit */
            limit: number;
            /** Remaining */
            remaining: number;
            /** Used */
            used: number;
        };
        /**
         * RateBody
         * @description How many requests the caller may send.
         */
        RateBody: {
            /**
             * Burst
             * @description Requests that the caller may send at once after a pause.
             */
            burst: number;
            /** Requests Per Second */
            requests_per_second: number;
        };
        /**
         * ReceiptBody
         * @description The part of a job that a caller without the scope `read` may see.
         */
        ReceiptBody: {
            /** Job Id */
            job_id: string;
            status: components["schemas"]["JobStatus"];
            /**
             * Status Url
             * @description The job's status, as a path of this API, for callers with the scope `read`.
             */
            status_url: string;
        };
        /**
         * Resize
         * @description Scale the image to a size. If only one side is given, the other follows from the image's proportions.
         */
        Resize: {
            /**
             * Background
             * @description Colour of the background of `contain`. Other fits do not use it. It also replaces transparency in the image,
             *     unless it is itself transparent. Default: white.
             * @default #ffffff
             * @example #fff
             * @example #336699
             * @example #33669980
             * @example transparent
             */
            background: string;
            /**
             * Enlarge
             * @description Whether the image may become larger than it is. The background of `contain` always has the size asked for.
             *     Default: false.
             * @default false
             */
            enlarge: boolean;
            /**
             * @description Resampling filter. Default: `lanczos`, or a faster filter of nearly the same quality if the decoder has already
             *     reduced the image.
             */
            filter?: components["schemas"]["Filter"] | null;
            /**
             * @description How the image fits a size with two sides. `cover` fills it and cuts off what does not fit. `contain` shows the
             *     whole image on `background`. `fill` stretches the image. `inside` and `outside` keep the proportions: no side is
             *     larger, or smaller, than asked for. `pad` and `stretch` are other names for `contain` and `fill`. Default:
             *     `cover`.
             * @default cover
             */
            fit: components["schemas"]["Fit"];
            /**
             * Height
             * @description Height in pixels, from 1 to 8192. `width`, `height` or both are required.
             */
            height?: number | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "resize";
            /**
             * Position
             * @description With `cover`, the part of the image to keep. With `contain`, the place of the image on the background. Other fits
             *     do not use it. Default: `center`.
             * @default center
             */
            position: components["schemas"]["Position"] | components["schemas"]["Focus"];
            /**
             * Width
             * @description Width in pixels, from 1 to 8192. `width`, `height` or both are required.
             */
            width?: number | null;
        };
        /**
         * Rotate
         * @description Rotate the image clockwise about its centre. The result is large enough for the whole image.
         */
        Rotate: {
            /**
             * Angle
             * @description Angle in degrees clockwise, from -360 to 360.
             */
            angle: number;
            /**
             * Background
             * @description Colour of the corners that become empty. It also replaces transparency in the image, unless it is itself
             *     transparent. Not used for multiples of 90 degrees, which keep transparency. Default: white.
             * @default #ffffff
             * @example #fff
             * @example #336699
             * @example #33669980
             * @example transparent
             */
            background: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "rotate";
        };
        /**
         * Round
         * @description Round off the corners. Either `radius` or `fraction` is required.
         */
        Round: {
            /**
             * Background
             * @description Colour of the corners. It also replaces transparency in the image, unless it is itself transparent. Default:
             *     `transparent`.
             * @default transparent
             * @example #fff
             * @example #336699
             * @example #33669980
             * @example transparent
             */
            background: string;
            /**
             * Fraction
             * @description Radius of the corners as a fraction of the shorter side, from 0 to 1. From 0.5 on, a square becomes a circle.
             */
            fraction?: number | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "round";
            /**
             * Radius
             * @description Radius of the corners in pixels, from 1 to 8192. At most half of the shorter side is used.
             */
            radius?: number | null;
        };
        /**
         * Scope
         * @description What a caller may do.
         * @enum {string}
         */
        Scope: "upload" | "read" | "recipes" | "admin";
        /**
         * SecretBody
         * @description The secret that signs your webhooks.
         */
        SecretBody: {
            /** Created At */
            created_at: string;
            /**
             * Previous Until
             * @description The moment until which the previous secret signs too; null if there is none, or if it no longer signs.
             */
            previous_until: string | null;
            /**
             * Secret
             * @description The secret in the form that the libraries of Standard Webhooks accept.
             */
            secret: string;
        };
        /**
         * Sepia
         * @description Colour the image in the brown of old prints.
         */
        Sepia: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "sepia";
            /**
             * Strength
             * @description Strength of the effect, from 0 (no change) to 1 (full). Default: 1.
             * @default 1
             */
            strength: number;
        };
        /**
         * SessionBody
         * @description A session of a user.
         */
        SessionBody: {
            /**
             * Csrf Token
             * @description Send it in the header `X-CSRF-Token` of requests that change something.
             */
            csrf_token: string;
            /** Expires At */
            expires_at: string;
            /**
             * Owner
             * @description The owner of the jobs that the user sees.
             */
            owner: string;
            /**
             * Password Until
             * @description End of the time in which API keys can be made and revoked. After it the user must log in again first.
             */
            password_until: string;
            /** User */
            user: string;
        };
        /**
         * SessionsBody
         * @description The sessions of a user.
         */
        SessionsBody: {
            /**
             * Items
             * @description The newest first, up to 100.
             */
            items: components["schemas"]["ListedSessionBody"][];
        };
        /**
         * Sharpen
         * @description Sharpen the image with an unsharp mask.
         */
        Sharpen: {
            /**
             * Amount
             * @description Strength, from 0 to 5. 0 changes nothing, 1 adds the whole difference between the image and its blur. Default: 1.
             * @default 1
             */
            amount: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "sharpen";
            /**
             * Sigma
             * @description Standard deviation of the mask's blur in pixels, from 0.3 to 10. A larger value sharpens wider edges. Default: 1.
             * @default 1
             */
            sigma: number;
            /**
             * Threshold
             * @description Smallest difference that is sharpened, in levels from 0 to 255. It keeps noise as it is. Default: 2.
             * @default 2
             */
            threshold: number;
        };
        /**
         * SourceBody
         * @description The original's image. Fields but the name are null until they are known. Pixels are counted after orientation.
         */
        SourceBody: {
            /**
             * Bytes
             * @description The file's size. Before a presigned upload has arrived, the announced size.
             */
            bytes: number | null;
            /**
             * Content Type
             * @description The type of the file's content. Before a presigned upload has arrived, the announced type.
             */
            content_type: string | null;
            /** Dominant Color */
            dominant_color: string | null;
            /** Dpi */
            dpi: [
                number,
                number
            ] | null;
            /**
             * Exif
             * @description Readable tags, never GPS coordinates.
             */
            exif: {
                [key: string]: string | number;
            } | null;
            /** Filename */
            filename: string;
            format: components["schemas"]["ImageFormat"] | null;
            /** Frames */
            frames: number | null;
            /** Has Alpha */
            has_alpha: boolean | null;
            /** Has Gps */
            has_gps: boolean | null;
            /** Height */
            height: number | null;
            /** Icc Profile */
            icc_profile: string | null;
            /**
             * Imported From
             * @description The host from which the image was imported. Left out for uploads.
             */
            imported_from?: string | null;
            /**
             * Mode
             * @description The pixel layout as stored, such as `RGB`, `L` or `CMYK`.
             */
            mode: string | null;
            /**
             * Orientation
             * @description EXIF orientation as stored, 1 to 8.
             */
            orientation: number | null;
            /** Sha256 */
            sha256: string | null;
            /**
             * Thumbhash
             * @description A preview of some 25 bytes, base64 (https://evanw.github.io/thumbhash/).
             */
            thumbhash: string | null;
            /** Width */
            width: number | null;
        };
        /**
         * StorageBody
         * @description The origins that a page talks to beside this API, for its content security policy.
         */
        StorageBody: {
            /**
             * Public
             * @description Beginning of public addresses; null if they begin with the address of this API.
             */
            public: string | null;
            /**
             * Results
             * @description S3 or the CDN, to which signed links lead.
             */
            results: string;
            /**
             * Uploads
             * @description S3, to which presigned forms are sent.
             */
            uploads: string;
        };
        /**
         * Subsampling
         * @description Resolution of the colour channels of JPEG and AVIF.
         * @enum {string}
         */
        Subsampling: "4:4:4" | "4:2:2" | "4:2:0";
        /**
         * ThumbnailBody
         * @description A small picture of the original: upright, in sRGB, at most 320 pixels a side and never enlarged.
         */
        ThumbnailBody: {
            /** Height */
            height: number;
            /**
             * Url
             * @description Address of the thumbnail, valid for about an hour.
             */
            url: string;
            /** Width */
            width: number;
        };
        /**
         * Tint
         * @description Colour the image in one hue. Light and dark stay as they are.
         */
        Tint: {
            /**
             * Color
             * @description Colour that middle grey becomes, as `#rgb` or `#rrggbb`. Black and white stay.
             */
            color: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "tint";
            /**
             * Strength
             * @description Strength of the effect, from 0 (no change) to 1 (full). Default: 1.
             * @default 1
             */
            strength: number;
        };
        /**
         * Trim
         * @description Cut off borders that look like the top left pixel. An image of one colour stays as it is.
         */
        Trim: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "trim";
            /**
             * Threshold
             * @description Largest difference from the top left pixel that still counts as border, for each channel, in levels from 0 to
             *     254. Default: 10.
             * @default 10
             */
            threshold: number;
        };
        /**
         * UsageBody
         * @description Limits of the caller: an API key, or all sessions of an owner. A limit that is null does not exist.
         */
        UsageBody: {
            /** @description Bytes uploaded today. */
            bytes: components["schemas"]["QuotaBody"] | null;
            /**
             * History
             * @description What the owner has used on the last days, the oldest first; null without `days`.
             */
            history: components["schemas"]["DayBody"][] | null;
            /** @description Jobs made today. */
            jobs: components["schemas"]["QuotaBody"] | null;
            /** Owner */
            owner: string;
            rate: components["schemas"]["RateBody"] | null;
            /**
             * Resets At
             * @description The end of the day, when the daily quotas start again.
             */
            resets_at: string;
            /** Scopes */
            scopes: components["schemas"]["Scope"][];
            /** @description Bytes that the owner stores: results and manifests of all jobs that have ended and were not deleted. */
            stored_bytes: components["schemas"]["QuotaBody"] | null;
        };
        /**
         * Variant
         * @description One named output of the recipe: operations, then an output format.
         */
        Variant: {
            /**
             * Folder
             * @description Folder of the result in the results bucket, unique in the recipe: up to 128 characters; names as above, with `/`
             *     between them. The first part may not be a reserved name. Default: the name of the variant.
             */
            folder?: string | null;
            /**
             * Name
             * @description Name of the variant, unique in the recipe: up to 64 of a-z, 0-9, `.`, `_` and `-`; the first is a letter or a
             *     digit. `job-thumbnails`, `manifests`, `previews` and `public` are reserved.
             */
            name: string;
            /**
             * Operations
             * @description Operations, at most 16, applied in this order after the EXIF orientation. Default: none.
             * @default []
             */
            operations: (components["schemas"]["Resize"] | components["schemas"]["Crop"] | components["schemas"]["Trim"] | components["schemas"]["Rotate"] | components["schemas"]["Flip"] | components["schemas"]["Flop"] | components["schemas"]["Pad"] | components["schemas"]["Round"] | components["schemas"]["Grayscale"] | components["schemas"]["Flatten"] | components["schemas"]["Blur"] | components["schemas"]["Sharpen"] | components["schemas"]["Adjust"] | components["schemas"]["Tint"] | components["schemas"]["Sepia"] | components["schemas"]["Watermark"])[];
            /**
             * @description Format, quality and metadata of the result. Default: the format of the source, all other fields at their
             *     defaults.
             * @default {
             *       "format": "same",
             *       "lossless": false,
             *       "effort": 4,
             *       "progressive": false,
             *       "keep_metadata": "none",
             *       "frames": 1
             *     }
             */
            output: components["schemas"]["Output"];
            /**
             * @description The time at which the variant is made. `always`: in each run of the job. `requested`: when its address is
             *     requested for the first time; until then it costs nothing, and its format cannot be `auto`. Default: `always`.
             * @default always
             */
            when: components["schemas"]["When"];
        };
        /**
         * VariantBody
         * @description A variant of the recipe. Until it has a result, most fields are null.
         */
        VariantBody: {
            /** Bytes */
            bytes: number | null;
            /** Content Type */
            content_type: string | null;
            error: components["schemas"]["ErrorBody"] | null;
            /** Height */
            height: number | null;
            /**
             * Key
             * @description Key of the result in the results bucket.
             */
            key: string | null;
            /** Name */
            name: string;
            /**
             * Public Url
             * @description Address of the result for everybody, as long as the job is published. Left out if there is none.
             */
            public_url?: string | null;
            /** Sha256 */
            sha256: string | null;
            /** @description `on_request`: it is made when somebody asks for it for the first time. */
            status: components["schemas"]["VariantStatus"];
            /**
             * Url
             * @description Address of the result, valid for about an hour.
             */
            url: string | null;
            /**
             * Warnings
             * @description Things to know about the result, usually none.
             * @default []
             */
            warnings: components["schemas"]["VariantWarningBody"][];
            /** Width */
            width: number | null;
        };
        /**
         * VariantStatus
         * @description Status of one variant.
         * @enum {string}
         */
        VariantStatus: "pending" | "completed" | "failed" | "on_request";
        /**
         * VariantWarning
         * @description Something about a result that the owner should know. The value is the public code.
         * @enum {string}
         */
        VariantWarning: "larger_than_source";
        /**
         * VariantWarningBody
         * @description Something about a result that its owner should know.
         */
        VariantWarningBody: {
            code: components["schemas"]["VariantWarning"];
            /** Message */
            message: string;
        };
        /**
         * WarningBody
         * @description Something to know before the upload.
         */
        WarningBody: {
            /**
             * Code
             * @description The code of the error, if a job or a request would end with one.
             */
            code: string;
            /**
             * Fatal
             * @description Whether the variant is certain to fail; the whole job if `variant` is null.
             */
            fatal: boolean;
            /** Message */
            message: string;
            /** Variant */
            variant: string | null;
        };
        /**
         * Watermark
         * @description Draw a text or an image over the image. Either `text` or `image` is required.
         */
        Watermark: {
            /**
             * Angle
             * @description Angle by which the watermark is rotated, in degrees clockwise, from -360 to 360. Default: 0.
             * @default 0
             */
            angle: number;
            /**
             * Color
             * @description Colour of the text, as `#rgb` or `#rrggbb`. The letters have a thin outline, black or white, whichever contrasts
             *     more. Not used for an image. Default: white.
             * @default #ffffff
             */
            color: string;
            /** @description Image to draw. */
            image?: components["schemas"]["Overlay"] | null;
            /**
             * Margin
             * @description Distance from the sides of the image, as a fraction of the shorter side, from 0 to 1. Default: 0.02.
             * @default 0.02
             */
            margin: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "watermark";
            /**
             * Opacity
             * @description Opacity of the watermark, from 0 (invisible) to 1 (opaque). Default: 0.6.
             * @default 0.6
             */
            opacity: number;
            /**
             * @description Place of the watermark on the image. `smart` and `entropy` are refused. Default: `bottom-right`.
             * @default bottom-right
             */
            position: components["schemas"]["Position"];
            /**
             * Scale
             * @description Width of the watermark before it is rotated, as a fraction of the image's width, from 0.02 to 1. The watermark is
             *     made smaller if it would be taller than the image. Default: 0.25.
             * @default 0.25
             */
            scale: number;
            /**
             * Spacing
             * @description Distance between repeated watermarks, as a multiple of the shorter side of the rotated watermark, from 0 to 10.
             *     Used only with `tile`. Default: 1.
             * @default 1
             */
            spacing: number;
            /**
             * Text
             * @description Text to draw: 1 to 100 characters, in Latin, Greek or Cyrillic letters.
             */
            text?: string | null;
            /**
             * Tile
             * @description Whether the watermark is repeated over the whole image, with every second row shifted. Default: false.
             * @default false
             */
            tile: boolean;
        };
        /**
         * When
         * @description The time at which a variant is made.
         * @enum {string}
         */
        When: "always" | "requested";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Name
                     * @description The user's name, in capital or small letters.
                     */
                    name: string;
                    /**
                     * Password
                     * Format: password
                     */
                    password: string;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description The session's cookie, or an empty one to clear it. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * Everywhere
                     * @description `true` for all sessions of the user, `false` for this one.
                     * @default false
                     */
                    everywhere?: boolean;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    /** @description The session's cookie, or an empty one to clear it. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Current
                     * Format: password
                     */
                    current: string;
                    /**
                     * New
                     * Format: password
                     * @description Any characters, in any script.
                     */
                    new: string;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description The session's cookie, or an empty one to clear it. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionsBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    end_other_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    end_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The session's id, as the list shows it. */
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_config: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    owner_events: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `id` of the last event that the client received. */
                "last-event-id"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events `job`, `deleted` and `reset`. A block that has only an `id` keeps the connection open, and moves the position on. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example retry: 2000
                     *
                     *     id: 1764504000120
                     *     event: reset
                     *     data: {"reason": "new_stream"}
                     *
                     *     id: 1764504007340
                     *     event: job
                     *     data: {"job_id": "01a20225-…", "status": "queued", …}
                     */
                    "text/event-stream": unknown;
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: string;
                    };
                };
            };
        };
    };
    list_jobs: {
        parameters: {
            query?: {
                /** @description Only jobs created then or later: a date (00:00 UTC) or a time with its zone. */
                created_after?: string | null;
                /** @description Only jobs created before: a date (00:00 UTC) or a time with its zone. */
                created_before?: string | null;
                /** @description `next_cursor` of the previous page. The filters must be the same. */
                cursor?: string | null;
                /** @description Only jobs whose file name begins so. */
                filename?: string | null;
                /** @description Jobs a page. */
                limit?: number;
                /** @description Only jobs whose metadata has this value under this key, such as `metadata.album=summer`. Several keys must all fit; at most 16. */
                "metadata.key"?: string;
                /** @description Which jobs come first, by the time of creation. */
                order?: components["schemas"]["Order"];
                /** @description Only jobs of the preset of this name, or `custom`. */
                preset?: string | null;
                /** @description Only jobs of this status. Repeat it for several. */
                status?: components["schemas"]["JobStatus"][] | null;
                /** @description `summary` has the thumbnail and the file's size, and neither recipe nor cost. */
                view?: components["schemas"]["ListView"];
            };
            header?: {
                /** @description An ETag of an earlier answer. If nothing has changed since, the answer is 304. */
                "if-none-match"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description Changes if and only if the body changes. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobPage"];
                };
            };
            /** @description The list has not changed since the ETag that the client sent */
            304: {
                headers: {
                    /** @description Changes if and only if the body changes. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    run_again: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters. Requests with the same key are carried out once. The service remembers a key for a day. */
                "idempotency-key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Callback Url
                     * @description The URL that gets a webhook when the job ends.
                     * @default
                     */
                    callback_url?: string;
                    /**
                     * Keep Original
                     * @description Whether the original is kept as long as the job. The default is the recipe's `keep_original`.
                     */
                    keep_original?: boolean | null;
                    /**
                     * Metadata
                     * @description Up to 16 texts of the client's own, which the job then shows.
                     * @default {}
                     */
                    metadata?: {
                        [key: string]: string;
                    };
                    /**
                     * Original Of
                     * @description The id of one of your jobs. Its original is copied.
                     */
                    original_of: string;
                    /**
                     * Publish
                     * @description Whether the results get public addresses. The default is the recipe's `publish`, then that of the API key.
                     */
                    publish?: boolean | null;
                    /**
                     * Recipe
                     * @description A preset's name, or a recipe. The default is `web`.
                     * @default
                     */
                    recipe?: string | {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description The new job */
            202: {
                headers: {
                    /** @description `true` if an earlier request with the same Idempotency-Key made the job. */
                    "Idempotency-Replayed"?: "true";
                    /** @description The next address. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gone */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The job's id, a UUID. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    archived: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The job's id, a UUID. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The archive */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": string;
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deliveries: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The job's id, a UUID. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveriesBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replay: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The job's id, a UUID. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveriesBody"] | components["schemas"]["ReceiptBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    events: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `id` of the last event that the client received. */
                "last-event-id"?: string | null;
            };
            path: {
                /** @description The job's id, a UUID. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description An event `status` for each state, with the job as `GET /status/{job_id}` shows it. If the job is deleted, an event `deleted` is the last one. Lines that begin with a colon only keep the connection open. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example id: 1-queued-6
                     *     event: status
                     *     data: {"job_id": "01a20225-…", "status": "queued", …}
                     *     retry: 2000
                     *
                     *     id: 1-completed-0
                     *     event: status
                     *     data: {"job_id": "01a20225-…", "status": "completed", …}
                     */
                    "text/event-stream": unknown;
                };
            };
            /** @description The job has ended, and `Last-Event-ID` names its last state: no event will follow */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    manifest: {
        parameters: {
            query?: {
                /** @description `true` to save it as a file, `false` to show it. */
                download?: boolean;
            };
            header?: never;
            path: {
                /** @description The job's id, a UUID. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The manifest's URL */
            307: {
                headers: {
                    /** @description The next address. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    markup: {
        parameters: {
            query?: {
                /** @description Text for people who do not see the image. */
                alt?: string;
                /** @description The width at which the page shows the image, as in the attribute `sizes`. */
                sizes?: string;
                /** @description Names of variants, with commas between them. The default is all. */
                variants?: string | null;
            };
            header?: never;
            path: {
                /** @description The job's id, a UUID. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The markup */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MarkupBody"];
                    "text/html": string;
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    original: {
        parameters: {
            query?: {
                /** @description `true` to save it as a file, `false` to show it. A type that is not safe to show is saved. */
                download?: boolean;
            };
            header?: never;
            path: {
                /** @description The job's id, a UUID. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The original's URL */
            307: {
                headers: {
                    /** @description The next address. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gone */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    publish: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The job's id, a UUID. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job; only its id and status for a caller without the scope `read` */
            202: {
                headers: {
                    /** @description The next address. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobBody"] | components["schemas"]["ReceiptBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unpublish: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The job's id, a UUID. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The job's id, a UUID. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job; only its id and status for a caller without the scope `read` */
            202: {
                headers: {
                    /** @description The next address. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobBody"] | components["schemas"]["ReceiptBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gone */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    variant: {
        parameters: {
            query?: {
                /** @description `true` to save it as a file, `false` to show it. */
                download?: boolean;
            };
            header?: never;
            path: {
                /** @description The job's id, a UUID. */
                job_id: string;
                /** @description The variant's name in the recipe. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The image's URL */
            307: {
                headers: {
                    /** @description The next address. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gone */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    act_on_jobs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description `retry` runs failed variants again, `delete` cancels open jobs and deletes ended ones. */
                    action: components["schemas"]["ActionKind"];
                    filter?: components["schemas"]["JobFilter"] | null;
                    /**
                     * Job Ids
                     * @description Ids of jobs, all different.
                     */
                    job_ids?: string[] | null;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OutcomesBody"];
                };
            };
            /** @description The action is recorded and will be performed */
            202: {
                headers: {
                    /** @description The next address. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_action: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The action's id, a UUID. */
                action_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_keys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeysBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    make_key: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Expires In Days
                     * @description Days until the key expires; null for a key that is good until it is revoked.
                     */
                    expires_in_days?: number | null;
                    /**
                     * Keep Original
                     * @description Whether jobs keep their originals if neither the request nor the recipe says so.
                     * @default false
                     */
                    keep_original?: boolean;
                    /**
                     * Name
                     * @description What the key is for, in your words: one line of text.
                     */
                    name: string;
                    /**
                     * Publish
                     * @description Whether jobs are published if neither the request nor the recipe says so.
                     * @default false
                     */
                    publish?: boolean;
                    /**
                     * Scopes
                     * @description What the key may do.
                     * @default [
                     *       "read",
                     *       "upload"
                     *     ]
                     */
                    scopes?: components["schemas"]["Scope"][];
                };
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewKeyBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The beginning of the key, as the list shows it. */
                prefix: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    public_result: {
        parameters: {
            query?: never;
            header?: {
                "if-none-match"?: string | null;
                "if-range"?: string | null;
                Range?: string | null;
            };
            path: {
                /** @description The variant's name and the extension of its format. */
                filename: string;
                /** @description The job's id. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The image */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/*": string;
                };
            };
            /** @description The part of the image that the header `Range` asks for */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/*": string;
                };
            };
            /** @description The client has this image already */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gone */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The image has none of the bytes asked for */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Not ready; `failures` says why */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
        };
    };
    list_recipes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: components["schemas"]["PresetBody"] | components["schemas"]["PresetSummaryBody"];
                    };
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_recipe: {
        parameters: {
            query?: {
                /** @description Number of the version. The default is the newest. */
                version?: number | null;
            };
            header?: {
                /** @description An ETag of an earlier answer. If it still holds: 304. */
                "If-None-Match"?: string | null;
            };
            path: {
                /** @description The preset's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description Changes if and only if the body changes. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PresetBody"];
                };
            };
            /** @description The preset has not changed */
            304: {
                headers: {
                    /** @description Changes if and only if the body changes. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_recipe: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags. Unless the newest version has one of them, nothing is changed and the answer is 412. */
                "if-match"?: string | null;
                /** @description `*`: if there is a preset of this name, nothing is changed and the answer is 412. */
                "if-none-match"?: string | null;
            };
            path: {
                /** @description The preset's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Keep Original
                     * @description Whether the original is kept as long as the job, unless a request says otherwise. Always true if some variants
                     *     are made on request, since they are made of the original. Default: false.
                     * @default false
                     */
                    keep_original?: boolean;
                    /**
                     * Publish
                     * @description Whether jobs of this recipe are published, unless a request says otherwise. Default: false.
                     * @default false
                     */
                    publish?: boolean;
                    /**
                     * Variants
                     * @description The variants, at most 32. Their names and folders are unique.
                     */
                    variants: components["schemas"]["Variant"][];
                };
            };
        };
        responses: {
            /** @description The newest version of a preset that existed */
            200: {
                headers: {
                    /** @description Changes if and only if the body changes. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PresetBody"];
                };
            };
            /** @description The first version, or the first after a deletion */
            201: {
                headers: {
                    /** @description Changes if and only if the body changes. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PresetBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Precondition Failed */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_recipe: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags. Unless the newest version has one of them, nothing is changed and the answer is 412. */
                "if-match"?: string | null;
            };
            path: {
                /** @description The preset's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Precondition Failed */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_versions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The preset's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PresetVersionsBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    plan_recipe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    image?: components["schemas"]["ImageFacts"] | null;
                    /**
                     * Job Id
                     * @description A job of yours whose image has been described. Send this instead of `image`.
                     */
                    job_id?: string | null;
                    /**
                     * Recipe
                     * @description A preset's name, or a recipe. The default is `web`.
                     * @default
                     */
                    recipe?: string | {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description The plan */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    preview_variant: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Job Id
                     * @description A job of yours whose original is still there.
                     */
                    job_id: string;
                    /**
                     * Variant
                     * @description A variant as in a recipe. It needs no name.
                     */
                    variant: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description The image */
            200: {
                headers: {
                    /** @description CPU time that a processor took, in milliseconds. */
                    "X-Darkroom-Cpu-Ms"?: number;
                    /** @description Height in pixels. */
                    "X-Darkroom-Height"?: number;
                    /** @description Width in pixels. */
                    "X-Darkroom-Width"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "image/*": string;
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gone */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    recipe_schema: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    status: {
        parameters: {
            query?: {
                /** @description `recipe`: also show the recipe as it runs, as `recipe_document`. It can have 32 KiB. */
                include?: components["schemas"]["Include"] | null;
                /** @description Seconds to wait for the job's status to change before answering. There is no wait if the job has ended, or differs from the version in If-None-Match. */
                wait?: number;
            };
            header?: {
                /** @description An ETag of an earlier answer. If nothing has changed since, the answer is 304. */
                "if-none-match"?: string | null;
            };
            path: {
                /** @description The job's id, a UUID. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description Changes if and only if the body changes. */
                    ETag?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobBody"];
                };
            };
            /** @description The job has not changed since the ETag that the client sent */
            304: {
                headers: {
                    /** @description Changes if and only if the body changes. */
                    ETag?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    upload: {
        parameters: {
            query?: {
                /** @description Only if the body is the image. */
                callback_url?: string;
                /** @description Only if the body is the image: the file's name. */
                filename?: string;
                /** @description Only if the body is the image. */
                keep_original?: boolean;
                /** @description Only if the body is the image. */
                publish?: boolean;
                /** @description Only if the body is the image. */
                recipe?: string;
            };
            header?: {
                /** @description 1 to 255 visible ASCII characters. Requests with the same key are carried out once. The service remembers a key for a day. */
                "idempotency-key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Callback Url
                     * @description The URL that gets a webhook when the job ends.
                     * @default
                     */
                    callback_url?: string;
                    /**
                     * Filename
                     * @description The file's name. The default is the last part of the URL's path.
                     * @default
                     */
                    filename?: string;
                    /**
                     * Keep Original
                     * @description Whether the original is kept as long as the job. The default is the recipe's `keep_original`.
                     */
                    keep_original?: boolean | null;
                    /**
                     * Metadata
                     * @description Up to 16 texts of the client's own, which the job then shows.
                     * @default {}
                     */
                    metadata?: {
                        [key: string]: string;
                    };
                    /**
                     * Publish
                     * @description Whether the results get public addresses. The default is the recipe's `publish`, then that of the API key.
                     */
                    publish?: boolean | null;
                    /**
                     * Recipe
                     * @description A preset's name, or a recipe. The default is `web`.
                     * @default
                     */
                    recipe?: string | {
                        [key: string]: unknown;
                    };
                    /**
                     * Url
                     * Format: uri
                     * @description Address of the image. Darkroom fetches it without credentials, and follows no redirects. It keeps the URL, which
                     *     may have a token, only until the image is there; the job shows its host alone.
                     */
                    url: string;
                };
                "application/octet-stream": string;
                "image/*": string;
                "multipart/form-data": {
                    /**
                     * Format: uri
                     * @description The URL that gets a signed webhook when the job ends.
                     * @example https://example.com/darkroom
                     */
                    callback_url?: string;
                    /**
                     * Format: binary
                     * @description The image. Its content decides its format.
                     */
                    file: string;
                    /** @description Whether the original is kept as long as the job. The default is the recipe's `keep_original`. */
                    keep_original?: boolean;
                    /**
                     * @description A JSON object of up to 16 texts of your own, which the job then shows.
                     * @example {"album": "holidays"}
                     */
                    metadata?: string;
                    /** @description Whether the results get public addresses. The default is the recipe's `publish`, then that of the API key. */
                    publish?: boolean;
                    /**
                     * @description A preset's name (see `GET /recipes`) or a recipe as JSON (see `GET /recipes/schema`).
                     * @default web
                     */
                    recipe?: string;
                };
            };
        };
        responses: {
            /** @description The job; only its id and status for a caller without the scope `read` */
            202: {
                headers: {
                    /** @description `true` if an earlier request with the same Idempotency-Key made the job. */
                    "Idempotency-Replayed"?: "true";
                    /** @description The next address. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobBody"] | components["schemas"]["ReceiptBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    presigned: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 visible ASCII characters. Requests with the same key are carried out once. The service remembers a key for a day. */
                "idempotency-key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Callback Url
                     * @description The URL that gets a webhook when the job ends.
                     * @default
                     */
                    callback_url?: string;
                    /**
                     * Content Type
                     * @description The image's media type. The upload must have the same.
                     */
                    content_type: string;
                    /**
                     * Filename
                     * @description The file's name.
                     * @default
                     */
                    filename?: string;
                    /**
                     * Keep Original
                     * @description Whether the original is kept as long as the job. The default is the recipe's `keep_original`.
                     */
                    keep_original?: boolean | null;
                    /**
                     * Metadata
                     * @description Up to 16 texts of the client's own, which the job then shows.
                     * @default {}
                     */
                    metadata?: {
                        [key: string]: string;
                    };
                    /**
                     * Publish
                     * @description Whether the results get public addresses. The default is the recipe's `publish`, then that of the API key.
                     */
                    publish?: boolean | null;
                    /**
                     * Recipe
                     * @description A preset's name, or a recipe. The default is `web`.
                     * @default
                     */
                    recipe?: string | {
                        [key: string]: unknown;
                    };
                    /**
                     * Size
                     * @description Largest size of the upload, in bytes.
                     */
                    size: number;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    /** @description `true` if an earlier request with the same Idempotency-Key made the job. */
                    "Idempotency-Replayed"?: "true";
                    /** @description The next address. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PresignedBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_usage: {
        parameters: {
            query?: {
                /** @description Also tell what the owner used on the last days. */
                days?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    upload_raw: {
        parameters: {
            query?: {
                /** @description Only if the body is the image. */
                callback_url?: string;
                /** @description Only if the body is the image: the file's name. */
                filename?: string;
                /** @description Only if the body is the image. */
                keep_original?: boolean;
                /** @description Only if the body is the image. */
                publish?: boolean;
                /** @description Only if the body is the image. */
                recipe?: string;
            };
            header?: {
                /** @description 1 to 255 visible ASCII characters. Requests with the same key are carried out once. The service remembers a key for a day. */
                "idempotency-key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
                "image/*": string;
            };
        };
        responses: {
            /** @description The job; only its id and status for a caller without the scope `read` */
            202: {
                headers: {
                    /** @description `true` if an earlier request with the same Idempotency-Key made the job. */
                    "Idempotency-Replayed"?: "true";
                    /** @description The next address. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobBody"] | components["schemas"]["ReceiptBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    secret: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretBody"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description What is left of each limit, by draft-ietf-httpapi-ratelimit-headers. */
                    RateLimit?: string;
                    /** @description The limits. */
                    "RateLimit-Policy"?: string;
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    /** @description Seconds to wait before the next request. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
