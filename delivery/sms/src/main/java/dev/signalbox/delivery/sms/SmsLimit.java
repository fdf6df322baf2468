package dev.signalbox.delivery.sms;

/**
 * The longest message that is sent.
 *
 * @param characters Unicode code points, 1 to 10,000
 * @param segments what networks carry and bill, 1 to 255, which is the most that they can link
 */
public record SmsLimit(int characters, int segments) {
    private static final int MOST_CHARACTERS = 10_000;
    private static final int MOST_SEGMENTS = 255;

    public SmsLimit {
        check(characters, MOST_CHARACTERS, "characters");
        check(segments, MOST_SEGMENTS, "segments");
    }

    private static void check(int value, int most, String name) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(name + " " + value + " is not in 1.." + most);
        }
    }
}
