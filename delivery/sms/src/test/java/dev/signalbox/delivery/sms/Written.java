package dev.signalbox.delivery.sms;

import dev.signalbox.http.HttpCall;
import java.nio.charset.StandardCharsets;

/** A request as it would be written. */
record Written(String head, String body) {
    static Written of(HttpCall call) {
        String[] parts = new String(call.bytes(), StandardCharsets.UTF_8).split("\r\n\r\n", 2);
        return new Written(parts[0] + "\r\n", parts[1]);
    }
}
