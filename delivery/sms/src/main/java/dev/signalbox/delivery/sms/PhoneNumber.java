package dev.signalbox.delivery.sms;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.PhoneNumberUtil.ValidationResult;
import com.google.i18n.phonenumbers.Phonenumber;
import org.jspecify.annotations.Nullable;

/**
 * A telephone number in E.164, such as {@code +61491570006}. Its country code and length are possible; whether anybody
 * has it is not asked, so numbers reserved for fiction are fine.
 */
public record PhoneNumber(String e164) {
    private static final int LONGEST_TEXT = 40;

    /**
     * Reads a number as people write it.
     *
     * @param region two letters (ISO 3166) for a number without a country code, or null to refuse those
     * @throws IllegalArgumentException saying in plain words what is wrong
     */
    public static PhoneNumber parse(String text, @Nullable String region) {
        if (text.length() > LONGEST_TEXT) {
            throw new IllegalArgumentException(text.length() + " characters are too many for a phone number");
        }
        var util = PhoneNumberUtil.getInstance();
        try {
            var number = util.parse(text, region);
            requirePossible(text, util, number);
            return new PhoneNumber(util.format(number, PhoneNumberFormat.E164));
        } catch (NumberParseException e) {
            throw new IllegalArgumentException("'" + text + "' is not a phone number: " + reason(e), e);
        }
    }

    private static void requirePossible(String text, PhoneNumberUtil util, Phonenumber.PhoneNumber number) {
        var result = util.isPossibleNumberWithReason(number);
        if (result != ValidationResult.IS_POSSIBLE) {
            throw new IllegalArgumentException("'" + text + "' is not a phone number: " + reason(result));
        }
        if (number.hasExtension()) {
            throw new IllegalArgumentException("'" + text + "' has an extension, which cannot get messages");
        }
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
