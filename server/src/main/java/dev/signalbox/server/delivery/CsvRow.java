package dev.signalbox.server.delivery;

import dev.signalbox.server.rest.Fields;
import dev.signalbox.server.rest.Violations;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One row of a CSV import. An empty cell is an absent field. */
record CsvRow(Map<String, String> cells) {
    /** The fields by their columns. */
    static final Map<String, String> COLUMNS = columns();

    private static Map<String, String> columns() {
        var columns = new LinkedHashMap<String, String>();
        columns.put("to", "to");
        columns.put("body", "body");
        columns.put("dedupe_key", "dedupeKey");
        columns.put("priority", "priority");
        columns.put("at", "at");
        columns.put("expires_in", "expiresIn");
        columns.put("max_attempts", "maxAttempts");
        return columns;
    }

    /** The column of a field, as it is called in JSON. */
    static String column(String field) {
        return switch (field) {
            case "reach" -> "to";
            case "expiresAt" -> "expires_in";
            default ->
                COLUMNS.entrySet().stream()
                        .filter(column -> column.getValue().equals(field))
                        .map(Map.Entry::getKey)
                        .findFirst()
                        .orElse(field);
        };
    }

    static CsvRow of(List<String> header, List<String> cells) {
        var byField = new LinkedHashMap<String, String>();
        for (int i = 0; i < header.size(); i++) {
            byField.put(String.valueOf(COLUMNS.get(header.get(i))), cells.get(i));
        }
        return new CsvRow(byField);
    }

    Fields fields(Violations violations) {
        return new RowFields(cells, violations);
    }

    private record RowFields(Map<String, String> cells, Violations violations) implements Fields {

        @Override
        public String shown(String name) {
            return column(name);
        }

        @Override
        public boolean has(String name) {
            return text(name).isPresent();
        }

        @Override
        public Optional<String> text(String name) {
            return Optional.ofNullable(cells.get(name))
                    .map(cell -> name.equals("body") ? cell : cell.strip())
                    .filter(cell -> !cell.isEmpty());
        }

        @Override
        public Optional<Integer> integer(String name) {
            Optional<String> text = text(name);
            Optional<Integer> number =
                    text.filter(digits -> digits.matches("\\d{1,9}")).map(Integer::valueOf);
            violations.check(text.isEmpty() || number.isPresent(), shown(name), "must be a whole number");
            return number;
        }
    }
}
