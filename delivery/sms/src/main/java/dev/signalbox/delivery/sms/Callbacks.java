package dev.signalbox.delivery.sms;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the contracts of all providers need to verify and read their requests. */
final class Callbacks {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration TOLERANCE = Duration.ofMinutes(5);

    private Callbacks() {}

    static byte[] mac(String algorithm, String secret, byte[] text) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(secret.getBytes(UTF_8), algorithm));
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }

    static byte[] digest(String algorithm, byte[] text) {
        try {
            return MessageDigest.getInstance(algorithm).digest(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }

    /** Refuses a signature in base64 that is not this one. */
    static void requireBase64(byte[] expected, String given) {
        requireEqual(Base64.getEncoder().encodeToString(expected), given);
    }

    static void requireEqual(String expected, String given) {
        if (!MessageDigest.isEqual(expected.getBytes(UTF_8), given.getBytes(UTF_8))) {
            throw new SmsCallbackException("the signature is wrong");
        }
    }

    /** Refuses what was signed long ago, or in the future. */
    static void requireRecent(String seconds, Instant now) {
        long time;
        try {
            time = Long.parseLong(seconds);
        } catch (NumberFormatException notOne) {
            throw new SmsCallbackException("the signed time is not a number of seconds");
        }
        if (Math.abs(now.getEpochSecond() - time) > TOLERANCE.toSeconds()) {
            throw new SmsCallbackException("it was signed more than five minutes ago, or will be; look at the clocks");
        }
    }

    /** The fields of a form, sorted by name; of a name that occurs more than once, the first value. */
    static Map<String, String> form(String text) {
        Map<String, String> fields = new TreeMap<>();
        for (String field : text.split("&", -1)) {
            if (!field.isEmpty()) {
                int end = field.indexOf('=');
                String name = end < 0 ? field : field.substring(0, end);
                fields.putIfAbsent(decoded(name), end < 0 ? "" : decoded(field.substring(end + 1)));
            }
        }
        return fields;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw new SmsCallbackException("the form is malformed");
        }
    }

    /** The members of a flat JSON object as texts, sorted by name. */
    static Map<String, String> members(byte[] body) {
        Map<String, String> members = new TreeMap<>();
        json(body)
                .properties()
                .forEach(member -> members.put(
                        member.getKey(),
                        member.getValue().isValueNode() ? member.getValue().asString("") : ""));
        return members;
    }

    static JsonNode json(byte[] body) {
        try {
            return JSON.readTree(new String(body, StandardCharsets.UTF_8));
        } catch (JacksonException notJson) {
            throw new SmsCallbackException("the body is not JSON");
        }
    }

    /** A number in E.164, where providers leave the plus away. Empty if it is no number, such as the name of a sender. */
    static Optional<String> number(String text) {
        String number = text.startsWith("+") ? text : "+" + text;
        return number.matches("\\+[1-9][0-9]{4,14}") ? Optional.of(number) : Optional.empty();
    }
}
