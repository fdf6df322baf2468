package dev.signalbox.http;

import java.util.Map;
import java.util.Optional;

/**
 * A server's answer.
 *
 * @param status 200 to 999
 * @param headers by name in lower case; of repeated ones the first counts
 * @param body decoded as UTF-8
 * @param whole false if the body was longer than {@link HttpTransportOptions#largestBody()}, broke off, was not framed as
 *     HTTP says, or did not come in time; then {@code body} is what there was of it
 */
public record HttpAnswer(int status, Map<String, String> headers, String body, boolean whole) {

    public Optional<String> header(String lowerCaseName) {
        return Optional.ofNullable(headers.get(lowerCaseName));
    }
}
