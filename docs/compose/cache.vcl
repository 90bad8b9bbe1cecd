vcl 4.1;

# Varnish between Caddy and the servers. It obeys the Cache-Control of each response: fresh for TIMELINE_CACHE_SECONDS
# (10), then for a minute the old response while it asks for a new one. Caddy sends no request with a key here.

import directors;
import std;

probe health {
    .request = "GET /health HTTP/1.1" "Host: localhost" "Connection: close";
    .interval = 2s;
    .timeout = 2s;
    .window = 3;
    .threshold = 2;
    .initial = 2;
}

backend app_1 {
    .host = "app-1";
    .port = "8000";
    .probe = health;
    .connect_timeout = 1s;
    .first_byte_timeout = 30s;
    .between_bytes_timeout = 30s;
}

backend app_2 {
    .host = "app-2";
    .port = "8000";
    .probe = health;
    .connect_timeout = 1s;
    .first_byte_timeout = 30s;
    .between_bytes_timeout = 30s;
}

sub vcl_init {
    new servers = directors.round_robin();
    servers.add_backend(app_1);
    servers.add_backend(app_2);
}

sub vcl_recv {
    set req.backend_hint = servers.backend();
    # Past its max-age and this time, a response is used only while no server answers.
    if (std.healthy(req.backend_hint)) {
        set req.grace = 60s;
    }
}

sub vcl_hash {
    # Links contain the scheme.
    hash_data(req.http.X-Forwarded-Proto);
}

sub vcl_backend_response {
    set beresp.http.X-Served-By = beresp.backend.name;
    if (beresp.status >= 500) {
        # Keep the old response instead of an error.
        if (bereq.is_bgfetch) {
            return (abandon);
        }
        set beresp.ttl = 1s;
        set beresp.uncacheable = true;
        return (deliver);
    }
    # Exports of all events have no length: they are passed on while they arrive, and would fill the memory.
    if (!beresp.was_304
        && (!beresp.http.Content-Length || std.integer(beresp.http.Content-Length, 0) > 8000000)) {
        set beresp.ttl = 60s;
        set beresp.uncacheable = true;
        return (deliver);
    }
    # While the primary is away, a response says with Age how old it may be, which is past its max-age.
    if (beresp.http.Warning ~ "^110") {
        set beresp.ttl = 2s;
    }
    if (beresp.ttl > 0s) {
        set beresp.grace = 10m;
        # With its ETag, a server says within a millisecond that a response is still the same.
        set beresp.keep = 10m;
    }
}

sub vcl_backend_error {
    # Ask the other server, until the probe has noticed that this one is gone. There are only reads here.
    if (bereq.retries < 2) {
        return (retry);
    }
    set beresp.http.Content-Type = "application/problem+json";
    set beresp.http.Cache-Control = "no-store";
    set beresp.http.Retry-After = "2";
    synthetic("""{"type": "about:blank", "title": "Service Unavailable", "status": 503,
"detail": "no server can be reached; try again in 2 seconds"}""");
    return (deliver);
}

sub vcl_deliver {
    # For tests and for you: how many times this response has been given, or 0 if a server has just made it.
    set resp.http.X-Cache-Hits = obj.hits;
}
