package dev.signalbox.server.command;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

/**
 * Makes text from anywhere safe to show on a terminal: what a terminal would obey (escape sequences, C1 controls) or what
 * changes the order of the text around it (such as U+202E) is written as {@code \}{@code uXXXX}. In JSON that is the same
 * string, so one rule serves people and programs.
 */
public final class Visible {
    private static final int SOFT_HYPHEN = 0xad;
    private static final int NON_JOINER = 0x200c;
    private static final int JOINER = 0x200d;

    private Visible() {}

    /** The text on one line: line breaks and tabs become spaces. */
    public static String line(String text) {
        return text.codePoints()
                .collect(
                        StringBuilder::new,
                        (line, c) -> append(line, c == '\n' || c == '\r' || c == '\t' ? ' ' : c),
                        StringBuilder::append)
                .toString();
    }

    /** The text with its line breaks; every line but the first begins with the margin, so that none can pose as ours. */
    public static String block(String text, int margin) {
        return text.replace("\r\n", "\n").replace("\n", "\n" + " ".repeat(margin));
    }

    /** A writer for a command's output. */
    static PrintWriter writer(Writer sink) {
        return new PrintWriter(new Escaping(sink), true);
    }

    private static void append(StringBuilder line, int character) {
        if (isHarmless(character)) {
            line.appendCodePoint(character);
        } else {
            line.append(escape(character));
        }
    }

    private static boolean isHarmless(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL -> character == '\n' || character == '\t';
            case Character.FORMAT -> character == SOFT_HYPHEN || character == NON_JOINER || character == JOINER;
            case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    private static String escape(int character) {
        var escaped = new StringBuilder();
        for (char unit : Character.toChars(character)) {
            escaped.append(String.format("\\u%04x", (int) unit));
        }
        return escaped.toString();
    }

    /** Confined to the thread that prints, as PrintWriter locks. */
    private static final class Escaping extends FilterWriter {
        Escaping(Writer sink) {
            super(sink);
        }

        @Override
        public void write(int character) throws IOException {
            if (isHarmless(character)) {
                out.write(character);
            } else {
                out.write(escape(character));
            }
        }

        @Override
        public void write(char[] text, int from, int length) throws IOException {
            int written = from;
            for (int i = from; i < from + length; i++) {
                if (!isHarmless(text[i])) {
                    out.write(text, written, i - written);
                    out.write(escape(text[i]));
                    written = i + 1;
                }
            }
            out.write(text, written, from + length - written);
        }

        @Override
        public void write(String text, int from, int length) throws IOException {
            write(text.toCharArray(), from, length);
        }
    }
}
