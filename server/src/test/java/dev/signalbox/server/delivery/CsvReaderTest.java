package dev.signalbox.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.delivery.CsvReader.Row;
import dev.signalbox.server.rest.LineReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CsvReaderTest {

    private static List<String> read(String text) throws IOException {
        var bytes = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        var reader = new CsvReader(new LineReader(bytes, 4096, 1 << 20));
        var rows = new ArrayList<String>();
        for (Optional<Row> row = reader.next(); row.isPresent(); row = reader.next()) {
            rows.add(
                    switch (row.get()) {
                        case Row.Cells cells -> cells.line() + " " + cells.cells();
                        case Row.Broken broken -> broken.line() + " " + broken.reason();
                    });
        }
        return rows;
    }

    @Test
    void cellsArePlainOrQuoted() throws IOException {
        assertThat(read("a,b\n\n \"x\",c\n\"1,\"\"2\"\"\",\"\"\r\n,\nlast"))
                .containsExactly(
                        "1 [a, b]",
                        "3 a cell without quotes around it has a quote in it; put the cell in quotes and double those inside",
                        "4 [1,\"2\", ]",
                        "5 [, ]",
                        "6 [last]");
    }

    @Test
    void aQuotedCellMayHoldLines() throws IOException {
        assertThat(read("\"a\r\nb\",c\nd\n")).containsExactly("1 [a\nb, c]", "3 [d]");
    }

    @Test
    void aQuoteThatIsNeverClosedCostsOneLine() throws IOException {
        assertThat(read("a\n\"b\nc\nd"))
                .containsExactly("1 [a]", "2 a cell's opening quote has no closing quote", "3 [c]", "4 [d]");
    }

    @Test
    void aQuoteThatIsNeverClosedIsNotFollowedThroughAWholeFile() throws IOException {
        List<String> rows = read("\"open\n" + "x\n".repeat(2000));

        assertThat(rows).hasSize(2001);
        assertThat(rows.getFirst()).isEqualTo("1 a cell's opening quote has no closing quote");
        assertThat(rows.getLast()).isEqualTo("2001 [x]");
    }

    @Test
    void aLineThatCannotBeReadInsideQuotesIsToldOnItsOwn() throws IOException {
        assertThat(read("\"open\n" + "y".repeat(5000) + "\nx"))
                .containsExactly(
                        "1 a cell's opening quote has no closing quote",
                        "2 the line is longer than 4096 bytes",
                        "3 [x]");
    }
}
