package dev.signalbox.delivery.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookKeyTest {
    /** The first test vector of RFC 8032, 7.1. */
    private static final String RFC_SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

    private static final String RFC_PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    /** The example in the documentation of Standard Webhooks' libraries. */
    @Test
    void signsThePublishedExample() {
        var key = WebhookKey.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        String signature =
                key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}".getBytes(UTF_8));
        assertThat(signature).isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @ParameterizedTest
    @EnumSource(WebhookKey.Kind.class)
    void aGeneratedKeyIsReadAgainAndIsLikeNoOther(WebhookKey.Kind kind) {
        var key = WebhookKey.generate(kind);
        var read = WebhookKey.parse(key.secret());
        assertThat(read.kind()).isEqualTo(kind);
        assertThat(read.secret()).isEqualTo(key.secret());
        assertThat(read.verifier()).isEqualTo(key.verifier());
        assertThat(read.sign("a", 1, new byte[] {7})).isEqualTo(key.sign("a", 1, new byte[] {7}));
        assertThat(WebhookKey.generate(kind).secret()).isNotEqualTo(key.secret());
    }

    @Test
    void thePublicKeyOfASeedIsThatOfTheStandard() {
        byte[] seed = HexFormat.of().parseHex(RFC_SEED);
        var key = WebhookKey.parse("whsk_" + Base64.getEncoder().encodeToString(seed));
        String expected = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(RFC_PUBLIC));
        assertThat(key.verifier()).isEqualTo("whpk_" + expected);
        byte[] both = HexFormat.of().parseHex(RFC_SEED + RFC_PUBLIC);
        assertThat(key.secret()).isEqualTo("whsk_" + Base64.getEncoder().encodeToString(both));
    }

    @Test
    void aSecretWithoutPrefixIsSymmetric() {
        assertThat(WebhookKey.parse("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").secret())
                .isEqualTo("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "whsec_",
                "whsec_c2hvcnQ=",
                "whsec_!canary!canary!canary!canary!canary!canary!",
                "whsk_Y2FuYXJ5",
                "whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                ""
            })
    void aMalformedSecretIsRefusedAndNotShown(String text) {
        assertThatThrownBy(() -> WebhookKey.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("its value is not shown")
                .hasMessageNotContaining("canary")
                .hasMessageNotContaining("Y2FuYXJ5")
                .hasNoCause();
    }

    @Test
    void aSecretWithAnothersPublicKeyIsRefused() {
        byte[] both = HexFormat.of().parseHex(RFC_SEED + RFC_SEED);
        assertThatThrownBy(() -> WebhookKey.parse("whsk_" + Base64.getEncoder().encodeToString(both)))
                .hasMessageContaining("not its own");
    }

    @ParameterizedTest
    @EnumSource(WebhookKey.Kind.class)
    void isNotShown(WebhookKey.Kind kind) {
        var key = WebhookKey.generate(kind);
        assertThat(key.toString()).doesNotContain(key.secret().substring(6, 20));
    }
}
