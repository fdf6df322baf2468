package dev.signalbox.mail;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An invitation that mail programs show with buttons to accept and decline, or its cancellation.
 *
 * @param method what the calendar's METHOD says, in upper case: the message has to say the same, or no buttons appear
 * @param calendar an iCalendar object (RFC 5545)
 */
public record CalendarInvite(String method, String calendar) {
    private static final Pattern METHOD = Pattern.compile("(?im)^METHOD:([A-Z-]{1,30})[ \\t]*\\r?$");

    public CalendarInvite {
        if (!calendar.strip().startsWith("BEGIN:VCALENDAR")) {
            throw new IllegalArgumentException("the calendar does not start with BEGIN:VCALENDAR");
        }
        if (!method.equals(methodOf(calendar))) {
            throw new IllegalArgumentException(
                    "the method is " + method + ", but the calendar's METHOD is " + methodOf(calendar));
        }
    }

    /**
     * Takes the method from the calendar.
     *
     * @throws IllegalArgumentException if it has none, or is no calendar
     */
    public static CalendarInvite of(String calendar) {
        return new CalendarInvite(methodOf(calendar), calendar);
    }

    private static String methodOf(String calendar) {
        var found = METHOD.matcher(calendar);
        if (!found.find()) {
            throw new IllegalArgumentException("the calendar has no METHOD: an invitation has METHOD:REQUEST");
        }
        return found.group(1).toUpperCase(Locale.ROOT);
    }
}
