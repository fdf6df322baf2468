package dev.signalbox.observatory;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Shortens records that are too long: the longest text first, until the record fits. What was done is in the record's field
 * {@code truncated}: how many characters are missing. Thread-safe.
 */
final class Truncation {
    private static final String FIELD = "truncated";
    /** For the field that says so. */
    private static final int RESERVE = 128;
    /** A message or field is not cut to less: what is longer in all has too many fields, and is too large. */
    private static final int SHORTEST = 64;

    private final int longest;

    /** {@code longest} in bytes as {@link LogRecord#weight()} counts; 0 shortens nothing. */
    Truncation(int longest) {
        this.longest = longest;
    }

    LogRecord apply(LogRecord record) {
        return longest == 0 || record.weight() <= longest ? record : shortened(record);
    }

    private LogRecord shortened(LogRecord record) {
        var message = record.message();
        Map<String, Object> fields = new LinkedHashMap<>(record.data());
        int excess = record.weight() + RESERVE - longest;
        long missing = 0;
        while (excess > 0) {
            String name = longestField(fields, message);
            String text = name.isEmpty() ? message : String.valueOf(fields.get(name));
            int keep = Math.max(SHORTEST, text.length() - excess);
            if (text.length() <= keep) {
                break;
            }
            String start = start(text, keep);
            missing += text.length() - start.length();
            excess -= text.length() - start.length();
            if (name.isEmpty()) {
                message = start;
            } else {
                fields.put(name, start);
            }
        }
        fields.put(FIELD, missing);
        return record.withMessage(message).with(fields);
    }

    /** The name of the longest text; empty for the message. */
    private static String longestField(Map<String, Object> fields, String message) {
        String name = "";
        int length = message.length();
        for (var field : fields.entrySet()) {
            if (field.getValue() instanceof String text
                    && text.length() > length
                    && !field.getKey().isEmpty()) {
                name = field.getKey();
                length = text.length();
            }
        }
        return name;
    }

    /** Not between the two halves of a character. */
    private static String start(String text, int length) {
        return text.substring(0, Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length);
    }
}
