package dev.signalbox.delivery.sms;

import java.util.Map;
import java.util.Optional;

/** An HTTP answer, read to its end. Header names are in lower case; of repeated ones the first counts. */
record ProviderAnswer(int status, Map<String, String> headers, String body, boolean reusable) {

    Optional<String> header(String lowerCaseName) {
        return Optional.ofNullable(headers.get(lowerCaseName));
    }
}
