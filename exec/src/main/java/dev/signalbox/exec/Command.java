package dev.signalbox.exec;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A command of the host, and how to run it. Immutable; each method that sets something returns a changed copy. It may be run any
 * number of times, also at the same time.
 *
 * <p>No shell takes part: words are arguments as they are. They and the environment are passed as UTF-8.
 *
 * <p>A command is ended by its {@link #timeout}, by interrupting the thread that runs it, by {@link RunningCommand#cancel},
 * and by the JVM's shutdown: all of its processes get SIGTERM, after {@link #grace} SIGKILL, and are waited for. What it leaves
 * running in its process group when it ends by itself is killed, too: at once if its outputs are closed, otherwise after the
 * grace; see {@link #keepBackground}. How much of that holds on this platform is said by {@link ExecSupport}.
 */
public final class Command {
    private static final Duration LONGEST = Duration.ofDays(3_650);

    private final List<String> words;
    private final CommandOptions options;

    private Command(List<String> words, CommandOptions options) {
        this.words = words;
        this.options = options;
    }

    /** A program and its arguments. A program without a slash is looked for in the PATH that the command will see. */
    public static Command of(String program, String... arguments) {
        var words = new ArrayList<String>();
        words.add(program);
        words.addAll(List.of(arguments));
        return of(words);
    }

    /**
     * The same from one list of words.
     *
     * @throws IllegalArgumentException if there is no program, or a word contains the character NUL
     */
    public static Command of(List<String> words) {
        if (words.isEmpty() || words.getFirst().isEmpty()) {
            throw new IllegalArgumentException("a command needs a program; the list of words, or its first, is empty");
        }
        words.forEach(word -> withoutNul("an argument of " + words.getFirst().replace('\0', '?'), word));
        return new Command(List.copyOf(words), new CommandOptions());
    }

    private static void withoutNul(String what, String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(what + " contains the character NUL, which no program can be given");
        }
    }

    /** The same with more arguments at its end. */
    public Command with(List<String> arguments) {
        var all = new ArrayList<>(words);
        all.addAll(arguments);
        return new Command(of(all).words, options);
    }

    /** Where it runs. By default where this process does. */
    public Command in(Path dir) {
        withoutNul("the folder", dir.toString());
        return changed(changed -> changed.dir = Optional.of(dir.toAbsolutePath()));
    }

    /** Sets a variable of its environment. */
    public Command env(String name, String value) {
        withoutNul("the value of the variable " + name, value);
        return variable(name, Optional.of(value));
    }

    /** Sets variables of its environment. */
    public Command env(Map<String, String> variables) {
        Command command = this;
        for (var variable : variables.entrySet()) {
            command = command.env(variable.getKey(), variable.getValue());
        }
        return command;
    }

    /** Removes a variable from its environment. */
    public Command withoutEnv(String name) {
        return variable(name, Optional.empty());
    }

    private Command variable(String name, Optional<String> value) {
        if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a variable's name is not empty and has neither = nor NUL");
        }
        var variables = new TreeMap<>(options.environment);
        variables.put(name, value);
        return environment(options.inheritsEnvironment, variables);
    }

    /**
     * Starts with an empty environment instead of this process's. One variable is set always: {@code SIGNALBOX_EXEC_ID}, by which
     * processes that have left the process group are found when the command is to end.
     */
    public Command cleanEnv() {
        return environment(false, Map.of());
    }

    private Command environment(boolean inherits, Map<String, Optional<String>> variables) {
        return changed(changed -> {
            changed.inheritsEnvironment = inherits;
            changed.environment = variables;
        });
    }

    /** What it reads. By default nothing: end of file at once. Copies {@code bytes}. */
    public Command stdin(byte[] bytes) {
        return input(new Input.Bytes(bytes.clone()));
    }

    /** What it reads, as UTF-8. */
    public Command stdin(String text) {
        return input(new Input.Bytes(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * What it reads, taken from a stream as it goes, by a virtual thread. It is not closed, and serves one run. If the command
     * ends first, some of what was taken from the stream may never have been read.
     */
    public Command stdin(InputStream stream) {
        return input(new Input.Stream(stream));
    }

    /** What it reads: a file, which it gets itself. A relative path begins where this process is, not at {@link #in}. */
    public Command stdin(Path file) {
        return input(new Input.File(absolute(file)));
    }

    private static Path absolute(Path file) {
        withoutNul("the name of a file", file.toString());
        return file.toAbsolutePath().normalize();
    }

    private Command input(Input input) {
        return changed(changed -> changed.input = input);
    }

    /**
     * Writes its standard output to a file, which is emptied first or created, instead of keeping or streaming it. A relative path begins
     * where this process is. The file may be that of {@link #stderr}: then both come in the order in which they were written.
     */
    public Command stdout(Path file) {
        return changed(changed -> changed.stdout = Optional.of(new Redirect(absolute(file), false)));
    }

    /** The same at the end of what the file has. */
    public Command appendStdout(Path file) {
        return changed(changed -> changed.stdout = Optional.of(new Redirect(absolute(file), true)));
    }

    /** Writes its error output to a file, as {@link #stdout(Path)} does. */
    public Command stderr(Path file) {
        return changed(changed -> changed.stderr = Optional.of(new Redirect(absolute(file), false)));
    }

    /** The same at the end of what the file has. */
    public Command appendStderr(Path file) {
        return changed(changed -> changed.stderr = Optional.of(new Redirect(absolute(file), true)));
    }

    /**
     * Limits what its processes may use. Takes the program {@code prlimit} of util-linux, which every usual Linux has; the start fails
     * without it, and if this process itself may not use as much.
     *
     * @param value 0 or more, in the unit of the limit
     */
    public Command limit(ResourceLimit limit, long value) {
        if (value < 0) {
            throw new IllegalArgumentException("the limit " + limit + " is " + value + "; it must be 0 or more");
        }
        var limits = new EnumMap<ResourceLimit, Long>(ResourceLimit.class);
        limits.putAll(options.limits);
        limits.put(limit, value);
        return changed(changed -> changed.limits = limits);
    }

    /** How long it may run: more than 0. By default as long as it likes. */
    public Command timeout(Duration timeout) {
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("the timeout is " + timeout + "; it must be more than 0");
        }
        return times(Optional.of(shorter(timeout)), options.grace);
    }

    /** How long its processes may take to end after SIGTERM: 0 (SIGKILL at once) or more. By default 2 s. */
    public Command grace(Duration grace) {
        if (grace.isNegative()) {
            throw new IllegalArgumentException("the grace is " + grace + "; it must be 0 or more");
        }
        return times(options.timeout, shorter(grace));
    }

    private static Duration shorter(Duration duration) {
        return duration.compareTo(LONGEST) < 0 ? duration : LONGEST;
    }

    private Command times(Optional<Duration> timeout, Duration grace) {
        return changed(changed -> {
            changed.timeout = timeout;
            changed.grace = grace;
        });
    }

    /**
     * How many bytes of each output are kept: 0 to 1 GiB, by default 16 MiB. The command is not told: it runs on, the rest is
     * read and dropped, and {@link Output#truncated()} says so.
     */
    public Command maxOutput(int bytes) {
        if (bytes < 0 || bytes > 1 << 30) {
            throw new IllegalArgumentException("maxOutput is " + bytes + "; it must be 0 to 1073741824");
        }
        return changed(changed -> changed.maxOutput = bytes);
    }

    /** Leaves alone what it has put into the background when it ends by itself: for commands that start a daemon. */
    public Command keepBackground() {
        return changed(changed -> changed.keepsBackground = true);
    }

    /** Who watches it. */
    public Command listener(ExecListener listener) {
        return changed(changed -> changed.listener = listener);
    }

    /** For tests: not on the best that is there. */
    Command on(Backend backend) {
        return changed(changed -> changed.backend = Optional.of(backend));
    }

    private Command changed(Consumer<CommandOptions> change) {
        var copy = new CommandOptions(options);
        change.accept(copy);
        return new Command(words, copy);
    }

    /**
     * Runs it and keeps what it writes. Every exit code is a result: see {@link Capture#orThrow()}.
     *
     * @throws ExecException if it cannot be started, is ended by its timeout, or its input cannot be read
     * @throws InterruptedException if the thread is interrupted, once all processes of the command are gone
     */
    public Capture capture() throws InterruptedException {
        return start().await();
    }

    /**
     * The same with both outputs as one, in the order in which they were written.
     *
     * @throws IllegalStateException if {@link #stderr} sends the errors elsewhere
     */
    public Capture captureCombined() throws InterruptedException {
        if (options.stderr.isPresent()) {
            throw new IllegalStateException("captureCombined() puts the error output of " + program()
                    + " with its standard output, stderr(...) elsewhere; use one of them");
        }
        return start(Backend.Outputs.COMBINED).await();
    }

    /** Starts it and returns: for commands that run long. What it writes is kept as {@link #capture} does. */
    public RunningCommand start() throws InterruptedException {
        return start(Backend.Outputs.SEPARATE);
    }

    private RunningCommand start(Backend.Outputs outputs) throws InterruptedException {
        var out = new OutputBuffer(options.maxOutput);
        var err = new OutputBuffer(options.maxOutput);
        return new RunningCommand(Execution.start(new Execution.Request(this, outputs, out, err)), out, err);
    }

    /** Runs it and hands over what it writes, line by line, as it comes; nothing is kept. Throws as {@link #capture} does. */
    public Exit stream(LineHandler handler) throws InterruptedException {
        return startStream().forEach(handler);
    }

    /** Starts it and returns: for commands that are to be sent signals while their lines are handed over. */
    public RunningStream startStream() throws InterruptedException {
        var lines = new LineQueue();
        var request = new Execution.Request(
                this, Backend.Outputs.SEPARATE, lines.sink(Source.STDOUT), lines.sink(Source.STDERR));
        return new RunningStream(Execution.start(request), lines);
    }

    /**
     * Runs it with the input, the outputs and the terminal of this process, as a shell would: at a terminal it is the one in the
     * foreground, so Ctrl-C and Ctrl-Z go to it. Signals that this process gets and can catch are forwarded instead: HUP, INT, TERM,
     * USR1, USR2, ALRM, WINCH, CONT, TSTP and more, but not QUIT, which the JVM keeps for itself. What it ignores, as HUP under nohup,
     * the command ignores, too. Bytes and streams as {@link #stdin} do not count; files do. Ends with how it ended; this process goes on, whatever that was.
     *
     * <p>Throws as {@link #capture} does.
     */
    public Exit proxy() throws InterruptedException {
        return Proxy.run(this);
    }

    /** The first word: what may be shown. Arguments may be secret. */
    String program() {
        return words.getFirst();
    }

    List<String> words() {
        return words;
    }

    Optional<Path> dir() {
        return options.dir;
    }

    boolean inheritsEnvironment() {
        return options.inheritsEnvironment;
    }

    /** A value to set, or empty to remove what would be inherited. */
    Map<String, Optional<String>> environment() {
        return options.environment;
    }

    Input input() {
        return options.input;
    }

    Optional<Redirect> stdout() {
        return options.stdout;
    }

    Optional<Redirect> stderr() {
        return options.stderr;
    }

    Map<ResourceLimit, Long> limits() {
        return options.limits;
    }

    int maxOutput() {
        return options.maxOutput;
    }

    Optional<Duration> timeout() {
        return options.timeout;
    }

    Duration grace() {
        return options.grace;
    }

    boolean keepsBackground() {
        return options.keepsBackground;
    }

    ExecListener listener() {
        return options.listener;
    }

    Backend backend() {
        return options.backend.orElseGet(Backends::best);
    }

    /** The program, and how many arguments it has: those may be secret. */
    @Override
    public String toString() {
        return program() + " with " + (words.size() - 1) + " arguments";
    }
}
