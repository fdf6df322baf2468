package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.RouterOptions;
import dev.signalbox.testing.services.Effort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The Autobahn suite's cases, each with a connection of its own, through the whole pipeline. */
@Timeout(600)
class AutobahnTest extends WireFixture {
    private static final int LARGEST = 20 << 20;
    private static final int ENOUGH = 1_000_000;

    private void open(Transport transport) {
        open(
                transport,
                limits(LARGEST + (1 << 20), ENOUGH, ENOUGH, ENOUGH, 0),
                RouterOptions.defaults().withMaxPayloadBytes(LARGEST));
    }

    private void passes(AutobahnCase sent) throws IOException {
        try (RawClient client = dial().connect(AutobahnCase.ID, "&binary=raw&to=client:" + AutobahnCase.ID)) {
            Thread writing = write(client, sent);
            List<String> events = new ArrayList<>();
            for (int i = 0; i < sent.events().size(); i++) {
                RawClient.Received next = client.next();
                if (next.opcode() == RawClient.CLOSE) {
                    // A violation may be told before the echo of what came before it.
                    assertThat(sent.close()).as(sent.name()).isEqualTo(next.code());
                    return;
                }
                events.add(AutobahnCase.event(next));
            }
            assertThat(events).as(sent.name()).isEqualTo(sent.events());
            if (sent.close() == 0) {
                client.send(RawClient.close(1000, ""));
            }
            assertThat(client.untilClosed())
                    .as(sent.name())
                    .singleElement()
                    .matches(
                            received -> received.code() == (sent.close() == 0 ? 1000 : sent.close()),
                            "code " + sent.close());
            join(writing);
        }
    }

    /** On a thread of its own, so that a long message can come back while it is still being sent. */
    private static Thread write(RawClient client, AutobahnCase sent) {
        byte[][] frames = sent.frames().toArray(byte[][]::new);
        return Thread.ofVirtual().start(() -> {
            try {
                if (sent.chop() == 0) {
                    client.send(frames);
                } else {
                    for (byte[] frame : frames) {
                        client.sendChopped(frame, sent.chop());
                    }
                }
            } catch (IOException e) {
                // The server hangs up at a violation, whatever else was to be sent.
                assertThat(sent.close()).as(sent.name()).isNotZero();
            }
        });
    }

    private static void join(Thread writing) {
        try {
            assertThat(writing.join(SOON)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private void pass(Transport transport, Stream<AutobahnCase> cases) throws IOException {
        open(transport);
        for (AutobahnCase each : cases.toList()) {
            passes(each);
        }
    }

    @ParameterizedTest
    @EnumSource
    void framing(Transport transport) throws IOException {
        pass(transport, AutobahnCases.framing());
    }

    @ParameterizedTest
    @EnumSource
    void pingsAndPongs(Transport transport) throws IOException {
        pass(transport, AutobahnCases.pings());
    }

    @ParameterizedTest
    @EnumSource
    void reservedBits(Transport transport) throws IOException {
        pass(transport, AutobahnCases.reservedBits());
    }

    @ParameterizedTest
    @EnumSource
    void opcodes(Transport transport) throws IOException {
        pass(transport, AutobahnCases.opcodes());
    }

    @ParameterizedTest
    @EnumSource
    void fragmentation(Transport transport) throws IOException {
        pass(transport, AutobahnCases.fragmentation());
    }

    @ParameterizedTest
    @EnumSource
    void utf8(Transport transport) throws IOException {
        pass(transport, AutobahnCases.utf8());
    }

    @ParameterizedTest
    @EnumSource
    void closing(Transport transport) throws IOException {
        pass(transport, AutobahnCases.closing());
    }

    @ParameterizedTest
    @EnumSource
    void limitsAndAutomaticFragmentation(Transport transport) throws IOException {
        pass(transport, AutobahnCases.limits());
    }

    @ParameterizedTest
    @EnumSource
    void roundTrips(Transport transport) throws IOException {
        open(transport);
        try (RawClient client = dial().connect(AutobahnCase.ID, "&binary=raw&to=client:" + AutobahnCase.ID)) {
            for (int size : List.of(0, 16, 64, 256, 1_024, 4_096)) {
                for (int i = 0; i < Effort.of(50, 1_000); i++) {
                    exchange(client, AutobahnCase.named("9.7, " + size).text("*".repeat(size)));
                    exchange(client, AutobahnCase.named("9.8, " + size).binary(size));
                }
            }
        }
    }

    private static void exchange(RawClient client, AutobahnCase sent) throws IOException {
        client.send(sent.frames().toArray(byte[][]::new));
        assertThat(AutobahnCase.event(client.next()))
                .as(sent.name())
                .isEqualTo(sent.events().getFirst());
    }

    /** As a sender does it: without the four bytes of an empty block at the end, or with a final block and a byte to go on with. */
    static byte[] deflate(byte[] payload, int level, boolean finalBlock) {
        Deflater deflater = new Deflater(level, true);
        deflater.setInput(payload);
        if (finalBlock) {
            deflater.finish();
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] chunk = new byte[4_096];
        int count;
        do {
            count = deflater.deflate(chunk, 0, chunk.length, Deflater.SYNC_FLUSH);
            out.write(chunk, 0, count);
        } while (count == chunk.length);
        deflater.end();
        if (finalBlock) {
            out.write(0);
            return out.toByteArray();
        }
        return Arrays.copyOf(out.toByteArray(), out.size() - 4);
    }
}
