package dev.signalbox.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Dates of HTTP, in the three forms that a recipient has to know (RFC 9110, 5.6.7). The day of the week says nothing that
 * the rest does not, so it is not checked.
 */
final class HttpDate {
    private static final Pattern DAY_OF_WEEK = Pattern.compile("^[A-Za-z]{3,9},? +");

    /** {@code Sun, 06 Nov 1994 08:49:37 GMT} */
    private static final DateTimeFormatter IMF_FIXDATE = formatter("d MMM uuuu HH:mm:ss 'GMT'");

    /** {@code Sun Nov  6 08:49:37 1994} */
    private static final DateTimeFormatter ASCTIME = formatter("MMM [ ]d HH:mm:ss uuuu");

    private static final int LONGEST = 40;
    private static final int YEARS_AHEAD = 50;

    private HttpDate() {}

    private static DateTimeFormatter formatter(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.US);
    }

    /**
     * {@code Sunday, 06-Nov-94 08:49:37 GMT}. Of the centuries that the two digits may mean, the last one that is no more than
     * 50 years ahead.
     */
    private static DateTimeFormatter rfc850(Instant now) {
        LocalDate first = LocalDate.ofInstant(now, ZoneOffset.UTC).minusYears(99 - YEARS_AHEAD);
        return new DateTimeFormatterBuilder()
                .appendPattern("d-MMM-")
                .appendValueReduced(ChronoField.YEAR, 2, 2, first)
                .appendPattern(" HH:mm:ss 'GMT'")
                .toFormatter(Locale.US);
    }

    /** Empty for what is no date. */
    static Optional<Instant> parse(String text, Instant now) {
        if (text.length() > LONGEST) {
            return Optional.empty();
        }
        String date = DAY_OF_WEEK.matcher(text).replaceFirst("");
        return Stream.of(IMF_FIXDATE, rfc850(now), ASCTIME)
                .flatMap(form -> parse(date, form).stream())
                .findFirst();
    }

    private static Optional<Instant> parse(String text, DateTimeFormatter form) {
        try {
            return Optional.of(LocalDateTime.parse(text, form).toInstant(ZoneOffset.UTC));
        } catch (DateTimeException otherForm) {
            return Optional.empty();
        }
    }
}
