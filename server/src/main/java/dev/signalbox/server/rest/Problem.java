package dev.signalbox.server.rest;

import java.util.LinkedHashMap;
import java.util.Map;

/** A refusal, told to the caller as a problem document (RFC 9457). Thrown by handlers, rendered in one place. */
public final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient int status;
    private final transient String detail;
    private final transient Map<String, Object> members = new LinkedHashMap<>();
    private final transient Map<String, String> headers = new LinkedHashMap<>();

    public Problem(int status, String detail) {
        super(detail, null, false, false);
        this.status = status;
        this.detail = detail;
    }

    public int status() {
        return status;
    }

    /** Adds an extension member to the document. */
    public Problem with(String name, Object value) {
        members.put(name, value);
        return this;
    }

    public Problem header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    public Map<String, String> headers() {
        return headers;
    }

    public Map<String, Object> document() {
        var document = new LinkedHashMap<String, Object>();
        document.put("type", "about:blank");
        document.put("title", ReasonPhrase.of(status));
        document.put("status", status);
        document.put("detail", detail);
        document.putAll(members);
        return document;
    }
}
