package dev.signalbox.server.delivery;

import dev.signalbox.server.rest.LineReader;
import dev.signalbox.server.rest.LineReader.Line;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Cuts lines into CSV records and gets over broken ones: when quotes do not match, only the record's first line is given
 * up, and reading goes on with the line behind it. Confined to one thread.
 */
final class CsvReader {
    /** How far a quoted cell may run, so that one forgotten quote cannot make us hold or re-read a whole file. */
    private static final int MOST_LINES = 256;

    private static final int MOST_CHARACTERS = 256 * 1024;

    private final LineReader lines;
    private final Deque<Line> putBack = new ArrayDeque<>();

    CsvReader(LineReader lines) {
        this.lines = lines;
    }

    /** What stands at a line: cells, or the reason why it could not be read. */
    sealed interface Row {
        long line();

        record Cells(long line, List<String> cells) implements Row {}

        record Broken(long line, String reason) implements Row {}
    }

    /** The next record that is not an empty line. */
    Optional<Row> next() throws IOException {
        Optional<Line> first = take();
        while (first.filter(CsvReader::isBlank).isPresent()) {
            first = take();
        }
        return first.isEmpty() ? Optional.empty() : Optional.of(row(first.get()));
    }

    private static boolean isBlank(Line line) {
        return line.fault().isEmpty() && line.text().isBlank();
    }

    private Row row(Line first) throws IOException {
        if (first.fault().isPresent()) {
            return new Row.Broken(first.number(), first.fault().get());
        }
        var parser = new CsvParser();
        parser.feed(first.text());
        List<Line> more = feedWhileOpen(parser, first.text().length());
        Optional<String> fault =
                parser.open() ? Optional.of("a cell's opening quote has no closing quote") : parser.fault();
        if (fault.isEmpty()) {
            return new Row.Cells(first.number(), parser.finish());
        }
        more.reversed().forEach(putBack::push);
        return new Row.Broken(first.number(), fault.get());
    }

    private List<Line> feedWhileOpen(CsvParser parser, int firstLength) throws IOException {
        var more = new ArrayList<Line>();
        int length = firstLength;
        while (parser.open() && more.size() < MOST_LINES && length < MOST_CHARACTERS) {
            Optional<Line> next = take();
            if (next.isEmpty()) {
                break;
            }
            more.add(next.get());
            if (next.get().fault().isPresent()) {
                break;
            }
            parser.feed("\n" + next.get().text());
            length += next.get().text().length();
        }
        return more;
    }

    private Optional<Line> take() throws IOException {
        Line again = putBack.poll();
        return again == null ? lines.next() : Optional.of(again);
    }
}
