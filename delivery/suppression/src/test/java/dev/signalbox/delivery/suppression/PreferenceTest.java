package dev.signalbox.delivery.suppression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.delivery.queue.Channel;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PreferenceTest {
    private static final Preference ALL_NO = Preference.of("alice", false, "test");
    private static final Preference ALL_YES = Preference.of("alice", true, "test");
    private static final Preference NEWS_YES = ALL_YES.withCategory(Optional.of("news"));
    private static final Preference NEWS_NO = ALL_NO.withCategory(Optional.of("news"));
    private static final Preference SMS_YES = ALL_YES.withChannel(Optional.of(Channel.SMS));
    private static final Preference SMS_NO = ALL_NO.withChannel(Optional.of(Channel.SMS));

    @Test
    void theClosestDecides() {
        assertThat(Preference.deciding(List.of())).isEmpty();
        assertThat(Preference.deciding(List.of(ALL_NO))).contains(ALL_NO);
        assertThat(Preference.deciding(List.of(ALL_NO, NEWS_YES))).contains(NEWS_YES);
        assertThat(Preference.deciding(List.of(SMS_YES, ALL_NO))).contains(SMS_YES);
        Preference exact = SMS_YES.withCategory(Optional.of("news"));
        assertThat(Preference.deciding(List.of(ALL_NO, NEWS_NO, SMS_NO, exact))).contains(exact);
    }

    @Test
    void ofTwoThatAreEquallyCloseANoWins() {
        assertThat(Preference.deciding(List.of(NEWS_YES, SMS_NO))).contains(SMS_NO);
        assertThat(Preference.deciding(List.of(SMS_NO, NEWS_YES))).contains(SMS_NO);
        assertThat(Preference.deciding(List.of(SMS_YES, NEWS_NO))).contains(NEWS_NO);
        assertThat(Preference.deciding(List.of(NEWS_YES, SMS_YES))).contains(NEWS_YES);
    }

    @Test
    void aRecipientIsANameOrAnAddress() {
        assertThat(Preference.of("email:Alice@Example.org", true, "test").recipient())
                .isEqualTo("email:alice@example.org");
        assertThat(Preference.of("Alice", true, "test").recipient()).isEqualTo("Alice");
        for (String wrong : List.of("", " alice", "a\nb", "a\uD800", "x".repeat(601))) {
            assertThatThrownBy(() -> Preference.of(wrong, true, "test"))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("recipient ");
        }
    }
}
