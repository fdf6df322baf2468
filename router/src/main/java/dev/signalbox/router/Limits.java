package dev.signalbox.router;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks a message against the options. */
final class Limits {
    private final RouterOptions options;

    Limits(RouterOptions options) {
        this.options = options;
    }

    /** What is wrong with it; null if nothing is. */
    @Nullable
    RouteError check(Message message) {
        if (message.payload().size() > options.maxPayloadBytes()) {
            return tooLarge("the payload", message.payload().size(), options.maxPayloadBytes(), "bytes");
        }
        if (message.payload().encodedSize() > options.maxEncodedPayloadBytes()) {
            return tooLarge(
                    "the payload in JSON, where control characters take six bytes,",
                    message.payload().encodedSize(),
                    options.maxEncodedPayloadBytes(),
                    "bytes");
        }
        if (message.targets().size() > options.maxTargets()) {
            return tooLarge("the list of targets", message.targets().size(), options.maxTargets(), "entries");
        }
        return message.headers().isEmpty() ? null : checkHeaders(message.headers());
    }

    private @Nullable RouteError checkHeaders(Map<String, String> headers) {
        if (headers.size() > options.maxHeaders()) {
            return tooLarge("the set of headers", headers.size(), options.maxHeaders(), "entries");
        }
        for (Map.Entry<String, String> header : headers.entrySet()) {
            if (hasControl(header.getKey()) || hasControl(header.getValue())) {
                return RouteError.of(
                        ErrorCode.MALFORMED,
                        "the header '" + header.getKey().replaceAll("\\p{Cntrl}", "?")
                                + "' holds a control character, such as a line break; remove it");
            }
        }
        try {
            int bytes = bytes(headers);
            return bytes > options.maxHeaderBytes()
                    ? tooLarge("the set of headers", bytes, options.maxHeaderBytes(), "bytes")
                    : null;
        } catch (IllegalArgumentException e) {
            return RouteError.of(ErrorCode.MALFORMED, "a header is not valid Unicode: " + e.getMessage());
        }
    }

    /** A line break would begin another header wherever headers are written line by line. */
    private static boolean hasControl(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private static int bytes(Map<String, String> headers) {
        int bytes = 0;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            bytes += Strings.utf8Length(header.getKey()) + Strings.utf8Length(header.getValue());
        }
        return bytes;
    }

    private static RouteError tooLarge(String what, int is, int may, String unit) {
        return RouteError.of(
                ErrorCode.TOO_LARGE,
                what + " has " + is + " " + unit + ", more than the " + may + " allowed; split it");
    }
}
