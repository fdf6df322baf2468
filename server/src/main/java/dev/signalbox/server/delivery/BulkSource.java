package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Suggestion;
import dev.signalbox.server.rest.InvalidMessageException;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.LineReader;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Problems;
import dev.signalbox.server.rest.Violation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The messages of a bulk request, one at a time. Confined to one thread. */
@FunctionalInterface
interface BulkSource {
    Optional<Entry> next() throws IOException;

    /** What one line of the request holds. */
    sealed interface Entry {
        long line();

        record Good(long line, Reach reach) implements Entry {}

        record Bad(long line, List<Violation> violations) implements Entry {}
    }

    /** One JSON object a line; empty lines are skipped. */
    static BulkSource ndjson(LineReader lines, ReachReader reader) {
        return () -> {
            Optional<LineReader.Line> line = lines.next();
            while (line.filter(read -> read.fault().isEmpty() && read.text().isBlank())
                    .isPresent()) {
                line = lines.next();
            }
            return line.map(
                    read -> read.fault().map(fault -> bad(read.number(), fault)).orElseGet(() -> json(read, reader)));
        };
    }

    private static Entry json(LineReader.Line line, ReachReader reader) {
        try {
            return new Entry.Good(line.number(), reader.read(Json.read(line.text())));
        } catch (InvalidMessageException invalid) {
            return new Entry.Bad(line.number(), invalid.violations());
        } catch (Json.Malformed malformed) {
            return bad(line.number(), "is not JSON: column " + malformed.column + ": " + FailureText.of(malformed));
        }
    }

    /** Rows under a header; throws a {@link Problem} if the header cannot be used. */
    static BulkSource csv(CsvReader records, ReachReader reader) throws IOException {
        List<String> header = header(records.next());
        return () -> records.next().map(row -> switch (row) {
            case CsvReader.Row.Broken broken -> bad(broken.line(), broken.reason());
            case CsvReader.Row.Cells cells -> row(header, cells, reader);
        });
    }

    private static Entry row(List<String> header, CsvReader.Row.Cells row, ReachReader reader) {
        if (row.cells().size() != header.size()) {
            return bad(row.line(), "has " + row.cells().size() + " cells where the header has " + header.size());
        }
        try {
            return new Entry.Good(row.line(), reader.read(CsvRow.of(header, row.cells())));
        } catch (InvalidMessageException invalid) {
            return new Entry.Bad(row.line(), invalid.violations());
        }
    }

    private static Entry bad(long line, String message) {
        return new Entry.Bad(line, List.of(new Violation("", message)));
    }

    private static List<String> header(Optional<CsvReader.Row> first) {
        List<String> columns = switch (first.orElse(new CsvReader.Row.Broken(1, "there is no header row"))) {
            case CsvReader.Row.Broken broken ->
                throw Problems.invalid(List.of(new Violation("header", broken.reason())));
            case CsvReader.Row.Cells cells ->
                cells.cells().stream().map(String::strip).toList();
        };
        List<Violation> wrong = headerViolations(columns);
        if (!wrong.isEmpty()) {
            throw Problems.invalid(wrong);
        }
        return columns;
    }

    private static List<Violation> headerViolations(List<String> columns) {
        var violations = new ArrayList<Violation>();
        var seen = new HashSet<String>();
        for (String column : columns) {
            if (!CsvRow.COLUMNS.containsKey(column)) {
                violations.add(new Violation(
                        column, "is not a known column" + Suggestion.phrase(column, CsvRow.COLUMNS.keySet())));
            } else if (!seen.add(column)) {
                violations.add(new Violation(column, "is there twice"));
            }
        }
        Stream.of("to", "body")
                .filter(needed -> !seen.contains(needed))
                .forEach(needed -> violations.add(new Violation(needed, "is a needed column")));
        return violations;
    }
}
