package dev.signalbox.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.List;
import java.util.UUID;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyProtectionTest {
    private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);
    private static final UUID ID = UUID.fromString("019cabcd-0000-7000-8000-000000000001");

    private final BodyProtection encrypted = BodyProtection.encryptedWith(List.of(BodyKey.parse("k1:" + KEY)));

    @Test
    void eachBitOfAnEncryptedBodyCounts() {
        String stored = encrypted.written(ID, "hello");
        int begin = stored.lastIndexOf(':') + 1;
        byte[] sealed = Base64.getDecoder().decode(stored.substring(begin));
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] changed = sealed.clone();
            changed[bit / 8] ^= (byte) (1 << (bit % 8));
            String forged = stored.substring(0, begin)
                    + Base64.getEncoder().withoutPadding().encodeToString(changed);
            assertThatThrownBy(() -> encrypted.read(ID, forged))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cannot be decrypted");
        }
        assertThat(encrypted.read(ID, stored)).isEqualTo("hello");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\u001asealed:k1:", "\u001asealed:k1:AAAA", "\u001asealed:k1:%%%", "\u001asealed:", "\u001aother"
            })
    void whatIsNoEncryptedBodyIsRefusedInWords(String stored) {
        assertThatThrownBy(() -> encrypted.read(ID, stored))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("body");
    }

    @Test
    void keyThatIsNoneIsRefusedWithoutBeingShown() {
        assertThatThrownBy(() -> BodyKey.parse("k1:c2VjcmV0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32 bytes")
                .hasMessageNotContaining("c2VjcmV0");
        assertThatThrownBy(() -> BodyKey.parse("NoSmallLetters:" + KEY)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BodyKey.parse(KEY)).isInstanceOf(IllegalArgumentException.class);
        SecretKey tooShort = new SecretKeySpec(new byte[16], "AES");
        assertThatThrownBy(() -> new BodyKey("k1", tooShort)).hasMessageContaining("'k1' must have 256 bits");
        assertThat(BodyKey.parse("k1:" + KEY)).asString().doesNotContain(KEY);
    }

    @Test
    void twoKeysOfOneNameAreRefused() {
        List<BodyKey> twice = List.of(BodyKey.parse("k1:" + KEY), BodyKey.parse("k1:" + KEY));
        assertThatThrownBy(() -> BodyProtection.encryptedWith(twice)).hasMessageContaining("k1 twice");
    }
}
