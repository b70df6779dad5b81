// Leads each path of the site that is not the API's to a file of the dashboard, as the upload service does.
//
//   /  and  /app            to  /app/
//   /app/assets/NAME        a file with a hash in its name
//   /app/NAME.EXT           another file beside the index
//   other paths of /app/    index.html, which shows the page of that path
//   every other path        404
//
// darkroom_upload.pages.built_pages has the same rule, and a test compares the two.
function handler(event) {
  var request = event.request;
  var path = request.uri;
  if (path === "/" || path === "/app") {
    return {
      statusCode: 307,
      statusDescription: "Temporary Redirect",
      headers: { location: { value: "/app/" }, "cache-control": { value: "no-store" } },
    };
  }
  if (!path.startsWith("/app/")) {
    return { statusCode: 404, statusDescription: "Not Found", headers: { "cache-control": { value: "no-store" } } };
  }
  var below = path.slice("/app/".length);
  if (!below.startsWith("assets/") && !/^[^/]+\.[^/]+$/.test(below)) {
    request.uri = "/app/index.html";
  }
  return request;
}
