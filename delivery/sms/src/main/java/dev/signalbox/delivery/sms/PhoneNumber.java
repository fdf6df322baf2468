package dev.signalbox.delivery.sms;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.PhoneNumberUtil.ValidationResult;
import com.google.i18n.phonenumbers.Phonenumber;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A telephone number in E.164, such as {@code +61491570006}. Its country code and length are possible; whether anybody
 * has it is not asked, so numbers reserved for fiction are fine.
 *
 * <p>The whole text has to be one number. libphonenumber by itself finds a number in a text: it drops what follows, and takes
 * letters for the digits on their keys. The text would then name somebody else.
 */
public record PhoneNumber(String e164) {
    private static final int LONGEST_TEXT = 40;
    private static final String URI_SCHEME = "tel:";

    /** Digits of any script, because people copy them from anywhere; a plus only at the begin. */
    private static final Pattern WRITTEN = Pattern.compile("[+＋]?[\\p{Nd}\\p{Zs}().\\p{Pd}]*");

    /**
     * Reads a number as people write it.
     *
     * @param region two letters (ISO 3166) for a number without a country code, or null to refuse those. Such a number has to
     *     be one that the region has assigned, because one of another country often has a possible length
     * @throws IllegalArgumentException saying in plain words what is wrong
     */
    public static PhoneNumber parse(String text, @Nullable String region) {
        if (text.length() > LONGEST_TEXT) {
            throw new IllegalArgumentException(text.length() + " characters are too many for a phone number");
        }
        String number = text.startsWith(URI_SCHEME) ? text.substring(URI_SCHEME.length()) : text.strip();
        if (!WRITTEN.matcher(number).matches()) {
            throw new IllegalArgumentException(
                    shown(text) + " is not a phone number: write it in digits, such as +61491570006");
        }
        return new PhoneNumber(e164(text, number, region));
    }

    private static String e164(String text, String number, @Nullable String region) {
        var util = PhoneNumberUtil.getInstance();
        try {
            var parsed = util.parse(number, region);
            requirePossible(text, util.isPossibleNumberWithReason(parsed));
            requireAssigned(text, number, util, parsed, region);
            return util.format(parsed, PhoneNumberFormat.E164);
        } catch (NumberParseException e) {
            throw new IllegalArgumentException(shown(text) + " is not a phone number: " + reason(e), e);
        }
    }

    private static void requirePossible(String text, ValidationResult result) {
        if (result != ValidationResult.IS_POSSIBLE) {
            throw new IllegalArgumentException(shown(text) + " is not a phone number: " + reason(result));
        }
    }

    private static void requireAssigned(
            String text, String number, PhoneNumberUtil util, Phonenumber.PhoneNumber parsed, @Nullable String region) {
        boolean international = number.startsWith("+") || number.startsWith("＋");
        if (!international && !util.isValidNumber(parsed)) {
            throw new IllegalArgumentException(
                    shown(text) + " is not a phone number of " + region + ": write it with + and the country code");
        }
    }

    private static String shown(String text) {
        return "'" + text.replaceAll("\\p{Cntrl}", "?") + "'";
    }

    /** Whether two letters (ISO 3166, upper case) name a region that has telephone numbers. */
    public static boolean isRegion(String region) {
        return PhoneNumberUtil.getInstance().getSupportedRegions().contains(region);
    }

    private static String reason(ValidationResult result) {
        return switch (result) {
            case TOO_SHORT, IS_POSSIBLE_LOCAL_ONLY -> "it is too short";
            case TOO_LONG -> "it is too long";
            case INVALID_COUNTRY_CODE -> "no country has its country code";
            case INVALID_LENGTH, IS_POSSIBLE -> "its length is wrong for its country";
        };
    }

    private static String reason(NumberParseException e) {
        return switch (e.getErrorType()) {
            case INVALID_COUNTRY_CODE -> "write it with + and the country code";
            case NOT_A_NUMBER -> "write it in digits, such as +61491570006";
            case TOO_SHORT_AFTER_IDD, TOO_SHORT_NSN -> "it is too short";
            case TOO_LONG -> "it is too long";
        };
    }

    @Override
    public String toString() {
        return e164;
    }
}
