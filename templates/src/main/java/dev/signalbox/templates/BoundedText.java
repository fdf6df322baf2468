package dev.signalbox.templates;

import java.io.Writer;

/** Collects what a rendering writes, up to a bound. */
final class BoundedText extends Writer {
    private final StringBuilder text = new StringBuilder();
    private final int most;

    BoundedText(int most) {
        this.most = most;
    }

    @Override
    public void write(char[] characters, int offset, int length) {
        if (text.length() + length > most) {
            throw new TemplateException("it makes a text of more than " + most + " characters");
        }
        text.append(characters, offset, length);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}

    @Override
    public String toString() {
        return text.toString();
    }
}
