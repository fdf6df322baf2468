package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class UdpKeysTest {
    private static final InetSocketAddress CLIENT = client(4_711);

    private final UdpKeys keys = new UdpKeys();
    private long now = 1_000;

    private static InetSocketAddress client(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private byte[] key(InetSocketAddress client) {
        return keys.key(client, now).getBytes(StandardCharsets.US_ASCII);
    }

    private boolean opens(byte[] key) {
        return keys.opens(key, CLIENT, now);
    }

    private void use(byte[] key) {
        keys.use(key, CLIENT, now);
    }

    @Test
    void aKeyIsOneAddressesAndEndsSoon() {
        byte[] key = key(CLIENT);
        assertThat(opens(key)).isTrue();
        assertThat(keys.opens(key, client(4_712), now)).isFalse();
        assertThat(new UdpKeys().opens(key, CLIENT, now)).isFalse();
        now += UdpKeys.LIFE_NANOS;
        assertThat(opens(key)).isTrue();
        now += 1;
        assertThat(opens(key)).isFalse();
    }

    /** Neither its code nor its time can be another. */
    @Test
    void aKeyThatWasChangedOpensNothing() {
        byte[] key = key(CLIENT);
        for (int i = 0; i < key.length; i++) {
            byte[] changed = key.clone();
            changed[i] = (byte) (changed[i] == 'A' ? 'B' : 'A');
            assertThat(opens(changed)).as("character %d", i).isFalse();
        }
        assertThat(opens("no-such-key".getBytes(StandardCharsets.US_ASCII))).isFalse();
        assertThat(opens("*".repeat(key.length).getBytes(StandardCharsets.US_ASCII)))
                .isFalse();
    }

    @Test
    void aKeyOpensOnceAndWithItEndTheOlderOnes() {
        byte[] older = key(CLIENT);
        byte[] key = key(CLIENT);
        byte[] newer = key(CLIENT);
        use(key);
        assertThat(opens(key)).isFalse();
        assertThat(opens(older)).isFalse();
        assertThat(opens(newer)).isTrue();
        use(newer);
        assertThat(opens(newer)).isFalse();
    }

    /** What is remembered ends with the keys that it is about. */
    @Test
    void usedKeysAreRememberedForAsLongAsTheyLive() {
        byte[] key = key(CLIENT);
        use(key);
        now += UdpKeys.LIFE_NANOS;
        assertThat(opens(key)).isFalse();
        InetSocketAddress other = client(4_712);
        keys.use(key(other), other, now);
        assertThat(keys.used()).isEqualTo(2);

        now += 1;
        keys.use(key(other), other, now);
        assertThat(keys.used()).isEqualTo(1);
        assertThat(opens(key)).isFalse();
    }

    /** Forgetting may cost somebody another question, and never lets a used key open again. */
    @Test
    void ofMoreThanAreRememberedNoneOpensTwice() throws UnknownHostException {
        InetSocketAddress early = client(1);
        byte[] asked = key(early);
        byte[] first = key(CLIENT);
        use(first);
        for (int i = 0; i < UdpKeys.MAX_USED; i++) {
            byte[] address =
                    ByteBuffer.allocate(Integer.BYTES).putInt(10 << 24 | i).array();
            InetSocketAddress each = new InetSocketAddress(InetAddress.getByAddress(address), 4_711);
            now++;
            keys.use(key(each), each, now);
        }
        assertThat(keys.used()).isEqualTo(UdpKeys.MAX_USED);
        assertThat(opens(first)).isFalse();
        assertThat(keys.opens(asked, early, now)).isFalse();
        assertThat(keys.opens(key(early), early, now)).isTrue();
    }
}
