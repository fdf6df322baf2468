package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

/** Frames of plain TCP, in whatever pieces they come. */
class TcpFramePropertyTest {
    private static List<String> read(FrameSource source, byte[] bytes, int piece) throws ProtocolViolation {
        List<String> frames = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += piece) {
            ByteBuf in = Unpooled.wrappedBuffer(bytes, at, Math.min(piece, bytes.length - at));
            for (Frame frame = source.next(in); frame != null; frame = source.next(in)) {
                frames.add(new String(frame.payload(), StandardCharsets.UTF_8));
            }
            assertThat(in.isReadable()).as("all is taken").isFalse();
        }
        return frames;
    }

    private static byte[] encode(TcpFormat format, List<String> texts) {
        ByteBuf out = Unpooled.buffer();
        for (String text : texts) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            int before = out.readableBytes();
            format.json(utf8, utf8.length, out);
            assertThat(out.readableBytes() - before).isEqualTo(format.most(utf8.length));
        }
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }

    @Property(tries = 200)
    void framesAreReadAsTheyWereWrittenInWhateverPieces(
            @ForAll TcpFormat format,
            @ForAll @Size(max = 8) List<@StringLength(max = 40) String> texts,
            @ForAll @IntRange(min = 1, max = 50) int piece)
            throws ProtocolViolation {
        // UTF-8 holds no lone surrogates, and a line no line feed.
        List<String> clean = texts.stream()
                .map(text -> new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .map(text -> text.replace('\n', ' '))
                .toList();
        FrameSource source = format.source(1 << 10);

        assertThat(read(source, encode(format, clean), piece)).isEqualTo(clean);
        assertThat(source.underWay()).isZero();
    }

    @Test
    void nothingLongerThanTheLimitIsGathered() {
        for (TcpFormat format : TcpFormat.values()) {
            FrameSource source = format.source(10);
            assertThatExceptionOfType(ProtocolViolation.class)
                    .isThrownBy(() -> read(source, encode(format, List.of("x".repeat(11))), 3))
                    .satisfies(violation -> assertThat(violation.code().code()).isEqualTo(CloseCode.TOO_LARGE));
        }
    }

    @Test
    void aLengthThatNobodyMeansIsRefusedBeforeAByteOfIt() {
        FrameSource source = TcpFormat.LENGTHS.source(1 << 20);
        assertThatExceptionOfType(ProtocolViolation.class)
                .isThrownBy(() -> source.next(Unpooled.wrappedBuffer(new byte[] {-1, -1, -1, -1})))
                .withMessageContaining("too large");
    }
}
