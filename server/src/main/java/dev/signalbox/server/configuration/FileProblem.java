package dev.signalbox.server.configuration;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** Why a file could not be read, in words for the operator. */
final class FileProblem {
    private FileProblem() {}

    static String of(IOException failure) {
        return switch (failure) {
            case NoSuchFileException missing -> "there is no such file";
            case AccessDeniedException denied -> "cannot be read: permission denied";
            case CharacterCodingException other -> "cannot be read: it is not UTF-8";
            default -> "cannot be read: " + FailureText.of(failure);
        };
    }
}
