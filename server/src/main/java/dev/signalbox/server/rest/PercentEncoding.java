package dev.signalbox.server.rest;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** Decodes paths and queries (RFC 3986). What is malformed, not UTF-8 or a control character is refused with status 400. */
final class PercentEncoding {
    private PercentEncoding() {}

    static String path(String encoded) {
        return decode(encoded, false);
    }

    static Map<String, String> query(String encoded) {
        var parameters = new LinkedHashMap<String, String>();
        for (String pair : encoded.split("&", -1)) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                String value = equals < 0 ? "" : pair.substring(equals + 1);
                parameters.putIfAbsent(decode(name, true), decode(value, true));
            }
        }
        return parameters;
    }

    private static String decode(String encoded, boolean plusIsSpace) {
        if (encoded.indexOf('%') < 0 && encoded.indexOf('+') < 0) {
            return encoded;
        }
        var bytes = new ByteArrayOutputStream(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            char next = encoded.charAt(i);
            if (next == '%') {
                bytes.write(octet(encoded, i));
                i += 2;
            } else if (next == '+' && plusIsSpace) {
                bytes.write(' ');
            } else {
                bytes.writeBytes(String.valueOf(next).getBytes(StandardCharsets.UTF_8));
            }
        }
        return text(bytes.toByteArray(), plusIsSpace);
    }

    private static int octet(String encoded, int at) {
        try {
            return HexFormat.fromHexDigits(encoded, at + 1, at + 3);
        } catch (IndexOutOfBoundsException | IllegalArgumentException malformed) {
            throw Problems.malformed(
                    "the URL has a '%' that is not followed by two hexadecimal digits; send it as %25");
        }
    }

    private static String text(byte[] bytes, boolean inQuery) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            if (!inQuery && text.chars().anyMatch(Character::isISOControl)) {
                throw Problems.malformed("the URL's path has a control character; remove it");
            }
            return text;
        } catch (CharacterCodingException notUtf8) {
            throw Problems.malformed("the URL's percent-encoding is not UTF-8");
        }
    }
}
