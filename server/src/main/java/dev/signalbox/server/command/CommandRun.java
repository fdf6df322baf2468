package dev.signalbox.server.command;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.Charset;
import java.util.function.ToIntFunction;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** Runs a command line: what it prints is safe to show, and output that is lost fails the command. */
public final class CommandRun {
    static final String OUTPUT_LOST =
            "the output could not be written: the disk is full, or the program that read it has ended";

    private CommandRun() {}

    /** Runs it on the process's own stdout and stderr, and returns the exit code. */
    public static int onProcess(CommandLine line, String... arguments) {
        return run(
                line,
                stream(FileDescriptor.out, "stdout.encoding"),
                stream(FileDescriptor.err, "stderr.encoding"),
                arguments);
    }

    /** Runs something that prints no results on the process's own stderr, and returns the exit code. */
    public static int onProcess(ToIntFunction<PrintWriter> action) {
        PrintWriter err = Visible.writer(stream(FileDescriptor.err, "stderr.encoding"));
        int exitCode = action.applyAsInt(err);
        err.flush();
        return exitCode;
    }

    /** Runs it, and returns the exit code. */
    public static int run(CommandLine line, Writer stdout, Writer stderr, String... arguments) {
        PrintWriter out = Visible.writer(stdout);
        PrintWriter err = Visible.writer(stderr);
        int exitCode = line.setOut(out)
                .setErr(err)
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .setExpandAtFiles(false)
                .setParameterExceptionHandler(CommandErrors::explain)
                .execute(arguments);
        if (out.checkError() && exitCode == ExitCode.OK) {
            err.println("signalbox: " + OUTPUT_LOST);
            exitCode = ExitCode.FAILED;
        }
        err.flush();
        return exitCode;
    }

    /** Not System.out, which hides that writing failed. */
    private static Writer stream(FileDescriptor descriptor, String encoding) {
        Charset charset = Charset.forName(
                System.getProperty(encoding, Charset.defaultCharset().name()));
        return new OutputStreamWriter(new FileOutputStream(descriptor), charset);
    }
}
