package dev.signalbox.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class MessagePropertyTest {
    @Provide
    Arbitrary<Address> addresses() {
        Arbitrary<Address> clients = Arbitraries.strings()
                .alpha()
                .numeric()
                .withChars("._~@+:/=-")
                .ofMinLength(1)
                .ofMaxLength(128)
                .map(Address::client);
        Arbitrary<Address> logics = Arbitraries.strings()
                .alpha()
                .numeric()
                .withChars("._-")
                .ofMinLength(1)
                .ofMaxLength(64)
                .map(Address::logic);
        return Arbitraries.oneOf(clients, logics, Arbitraries.just(Address.ALL));
    }

    @Property
    void anAddressIsWhatItPrints(@ForAll("addresses") Address address) {
        assertThat(Address.parse(address.toString())).isEqualTo(address);
    }

    @Property
    void whatParsesPrintsTheSameAndTheRestIsExplained(@ForAll String text) {
        try {
            assertThat(Address.parse(text)).hasToString(text);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotBlank().hasSizeLessThan(250);
        }
    }

    @Property
    void aTextIsAsLargeAsItsUtf8OrRefused(@ForAll String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (new String(utf8, StandardCharsets.UTF_8).equals(text)) {
            assertThat(Payload.text(text).size()).isEqualTo(utf8.length);
            assertThat(Payload.text(text).utf8()).isEqualTo(utf8);
        } else {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Payload.text(text))
                    .withMessageContaining("surrogate");
        }
    }

    @Property
    void bytesCannotBeChangedFromOutside(@ForAll byte[] bytes) {
        byte[] given = bytes.clone();
        Payload.Binary payload = Payload.binary(given);
        for (int i = 0; i < given.length; i++) {
            given[i]++;
            payload.toByteArray()[i]++;
        }
        assertThat(payload).isEqualTo(Payload.binary(bytes));
        assertThat(payload.asByteBuffer().isReadOnly()).isTrue();
        assertThat(payload.size()).isEqualTo(bytes.length);
    }

    @Example
    void aMessageNeedsASourceThatIsOneAndATarget() {
        Payload payload = Payload.text("x");
        assertThatIllegalArgumentException().isThrownBy(() -> Message.of(Address.ALL, Address.ALL, payload));
        assertThatIllegalArgumentException().isThrownBy(() -> Message.of(Address.client("a"), List.of(), payload));
    }

    @Example
    void aChangedCopyLeavesTheOriginalAlone() {
        Message original = Message.of(Address.client("a"), Address.client("b"), Payload.text("x"));
        Message changed = original.withHeader("h", "v").withTag("t", 1).withPayload(Payload.text("y"));

        assertThat(original.headers()).isEmpty();
        assertThat(original.tags()).isEmpty();
        assertThat(changed.headers()).isEqualTo(Map.of("h", "v"));
        assertThat(changed.id()).isEqualTo(original.id());
        assertThat(changed.payload()).isEqualTo(Payload.text("y"));
    }
}
