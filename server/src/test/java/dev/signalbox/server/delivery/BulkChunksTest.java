package dev.signalbox.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.delivery.BulkChunks.Chunk;
import dev.signalbox.server.delivery.BulkChunks.Format;
import dev.signalbox.server.delivery.BulkChunks.Oversized;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BulkChunksTest {

    @Test
    void repeatsTheHeaderAndKeepsCountOfLines() throws IOException {
        var chunks = cut("to,body\n" + "a,b\n".repeat(2_500), Format.CSV);
        assertThat(chunks).extracting(Chunk::lastLine).containsExactly(1_001L, 2_001L, 2_501L);
        assertThat(chunks).extracting(Chunk::offset).containsExactly(0L, 1_000L, 2_000L);
        assertThat(chunks).allSatisfy(chunk -> assertThat(text(chunk)).startsWith("to,body\na,b\n"));
        assertThat(chunks.stream().mapToLong(Chunk::bytes).sum()).isEqualTo(8 + 4 * 2_500);
    }

    @Test
    void neverCutsAQuotedRecord() throws IOException {
        var record = "a,\"two\nlines, and a \"\" quote\"\n";
        for (var chunk : cut("to,body\n" + record.repeat(1_500), Format.CSV)) {
            assertThat((text(chunk).length() - 8) % record.length()).isZero();
        }
    }

    @Test
    void doesNotSwallowAFileForOneForgottenQuote() throws IOException {
        var chunks = cut("to,body\na,\"open\n" + "a,b\n".repeat(5_000), Format.CSV);
        assertThat(chunks).hasSizeGreaterThan(3);
        assertThat(chunks.getLast().lastLine()).isEqualTo(5_002);
    }

    @Test
    void cutsNdjsonWithoutAHeader() throws IOException {
        var chunks = cut("{}\n".repeat(1_500), Format.NDJSON);
        assertThat(chunks).extracting(Chunk::offset).containsExactly(0L, 1_000L);
        assertThat(text(chunks.getLast())).isEqualTo("{}\n".repeat(500));
    }

    @Test
    void boundsAChunkInBytes() throws IOException {
        var line = "x".repeat(400_000) + "\n";
        assertThat(cut(line.repeat(6), Format.NDJSON)).hasSize(2);
    }

    @Test
    void passesOnAFileOfAHeaderAloneAndNothingOfAnEmptyOne() throws IOException {
        assertThat(cut("to,body", Format.CSV))
                .singleElement()
                .satisfies(c -> assertThat(text(c)).isEqualTo("to,body"));
        assertThat(cut("", Format.CSV)).isEmpty();
        assertThat(cut("", Format.NDJSON)).isEmpty();
        assertThat(cut("{}", Format.NDJSON)).hasSize(1);
    }

    @Test
    void leavesOutALineThatIsTooLongAndCountsOn() throws IOException {
        var cutter = cutter("{}\n".repeat(2_002) + "x".repeat(2 << 20) + "\n{}\n", Format.NDJSON);
        var chunks = all(cutter);
        assertThat(cutter.takeOversized()).containsExactly(new Oversized(2_003));
        assertThat(chunks.getLast().lastLine()).isEqualTo(2_004);
        assertThat(text(chunks.getLast())).isEqualTo("{}\n{}\n\n{}\n");
    }

    @Test
    void leavesOutTheWholeRecordAroundALineThatIsTooLong() throws IOException {
        var cutter = cutter("to,body\na,\"one\n" + "x".repeat(2 << 20) + "\nend\"\na,b\n", Format.CSV);
        var chunks = all(cutter);
        assertThat(cutter.takeOversized()).containsExactly(new Oversized(2));
        assertThat(text(chunks.getLast())).isEqualTo("to,body\n\n\n\na,b\n");
    }

    @Test
    void goesOnFromALine() throws IOException {
        var cutter = cutter("to,body\na,1\na,2\na,3\n", Format.CSV);
        cutter.skipTo(3);
        var chunk = cutter.next().orElseThrow();
        assertThat(text(chunk)).isEqualTo("to,body\na,2\na,3\n");
        assertThat(2 + chunk.offset()).isEqualTo(3);
        assertThat(cutter.next()).isEmpty();
    }

    private static BulkChunks cutter(String text, Format format) {
        return new BulkChunks(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), format);
    }

    private static List<Chunk> cut(String text, Format format) throws IOException {
        return all(cutter(text, format));
    }

    private static List<Chunk> all(BulkChunks cutter) throws IOException {
        var chunks = new ArrayList<Chunk>();
        for (var chunk = cutter.next(); chunk.isPresent(); chunk = cutter.next()) {
            chunks.add(chunk.get());
        }
        return chunks;
    }

    private static String text(Chunk chunk) {
        return new String(chunk.body().bytes(), StandardCharsets.UTF_8);
    }
}
