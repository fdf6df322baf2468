package dev.signalbox.server.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the cells of one record (RFC 4180), fed line by line. Confined to one thread. */
final class CsvParser {
    private enum At {
        CELL_START,
        PLAIN,
        QUOTED,
        CLOSING_QUOTE,
        BROKEN
    }

    private final List<String> cells = new ArrayList<>();
    private final StringBuilder cell = new StringBuilder();
    private At at = At.CELL_START;
    private String fault = "";

    /** Takes the next part of the record; a line end inside quotes has to be part of it. */
    void feed(String text) {
        for (int i = 0; i < text.length() && at != At.BROKEN; i++) {
            at = step(text.charAt(i));
        }
    }

    private At step(char c) {
        return switch (at) {
            case CELL_START -> c == '"' ? At.QUOTED : plain(c);
            case PLAIN ->
                c == '"'
                        ? broken(
                                "a cell without quotes around it has a quote in it; put the cell in quotes and double those inside")
                        : plain(c);
            case QUOTED -> c == '"' ? At.CLOSING_QUOTE : append(c, At.QUOTED);
            case CLOSING_QUOTE -> afterQuote(c);
            case BROKEN -> At.BROKEN;
        };
    }

    private At plain(char c) {
        return c == ',' ? endOfCell() : append(c, At.PLAIN);
    }

    private At afterQuote(char c) {
        return switch (c) {
            case '"' -> append(c, At.QUOTED);
            case ',' -> endOfCell();
            default -> broken("text after the closing quote of a cell; double the quotes inside a cell");
        };
    }

    private At append(char c, At next) {
        cell.append(c);
        return next;
    }

    private At endOfCell() {
        cells.add(cell.toString());
        cell.setLength(0);
        return At.CELL_START;
    }

    private At broken(String reason) {
        fault = reason;
        return At.BROKEN;
    }

    /** Whether a quote is open, so that the record goes on in the next line. */
    boolean open() {
        return at == At.QUOTED;
    }

    Optional<String> fault() {
        return Optional.of(fault).filter(reason -> !reason.isEmpty());
    }

    /** The cells of the record that ends here. Call once, when neither {@link #open()} nor at fault. */
    List<String> finish() {
        at = endOfCell();
        return List.copyOf(cells);
    }
}
