package dev.signalbox.templates;

/** A template cannot be compiled, or not be rendered with the variables given; says why, for the one who wrote it. */
public final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TemplateException(String message) {
        super(message);
    }

    TemplateException(String message, Throwable cause) {
        super(message, cause);
    }
}
