package dev.signalbox.delivery.sms;

import dev.signalbox.http.HttpCall;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/** What the contracts of all providers need to write requests. */
final class Requests {
    static final String JSON = "application/json";
    static final String FORM = "application/x-www-form-urlencoded";

    private Requests() {}

    /** A POST that is answered in JSON. */
    static HttpCall post(URI url) {
        return HttpCall.post(url).withHeader("Accept", JSON).withHeader("User-Agent", "signalbox");
    }

    /** A path below a base that may end with a slash. */
    static URI below(URI base, String path) {
        return URI.create(base.toString().replaceFirst("/+$", "") + path);
    }

    static HttpCall withForm(HttpCall call, Map<String, String> fields) {
        return call.withBody(FORM, form(fields));
    }

    /** The fields of an HTML form, in the map's order and without those that are empty. */
    static byte[] form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .filter(field -> !field.getValue().isEmpty())
                .map(field -> URLEncoder.encode(field.getKey(), StandardCharsets.UTF_8) + "="
                        + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"))
                .getBytes(StandardCharsets.US_ASCII);
    }
}
