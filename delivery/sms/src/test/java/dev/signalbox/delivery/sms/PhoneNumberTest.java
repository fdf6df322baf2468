package dev.signalbox.delivery.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhoneNumberTest {

    @ParameterizedTest
    @CsvSource({
        "+61 491 570 006,+61491570006",
        "+61491570110,+61491570110",
        "+44 (7700) 900123,+447700900123",
        "tel:+1-212-555-0147,+12125550147",
        "+1 800 555 0199,+18005550199",
        "+６１４９１５７０００６,+61491570006"
    })
    void normalisesWhatPeopleWrite(String text, String e164) {
        assertThat(PhoneNumber.parse(text, null).e164()).isEqualTo(e164);
    }

    @ParameterizedTest
    @CsvSource({"0491 570 006,AU,+61491570006", "020 7946 0123,GB,+442079460123", "+61491570006,GB,+61491570006"})
    void completesWithTheRegion(String text, String region, String e164) {
        assertThat(PhoneNumber.parse(text, region).e164()).isEqualTo(e164);
    }

    @ParameterizedTest
    @CsvSource({
        "'',write it in digits",
        "hello,write it in digits",
        "0491570006,country code",
        "+614,too short",
        "+614915700061234567,too long",
        "+999123456789,country code",
        "+12125550147 ext. 5,write it in digits",
        "+12125550147#5,write it in digits",
        "+614915700O6,write it in digits",
        "+6149157ooo6,write it in digits",
        "+61491570006 or 156,write it in digits",
        "+61491570006/+61491570156,write it in digits",
        "+61491570006 +61491570156,write it in digits",
        "+61491570006;ext=5,write it in digits",
        "call +61491570006,write it in digits",
        "61+491570006,write it in digits"
    })
    void saysWhatIsWrong(String text, String reason) {
        assertThatThrownBy(() -> PhoneNumber.parse(text, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    /** It has as many digits as a number of the region, and is none. */
    @ParameterizedTest
    @CsvSource({"0491 570 006,US", "1234567890,US"})
    void doesNotTakeANumberOfAnotherCountryForOneOfTheRegion(String text, String region) {
        assertThatThrownBy(() -> PhoneNumber.parse(text, region))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(region)
                .hasMessageContaining("country code");
    }

    @Test
    void refusesAnEssay() {
        assertThatThrownBy(() -> PhoneNumber.parse("+6149157".repeat(1000), null))
                .hasMessage("8000 characters are too many for a phone number");
    }
}
