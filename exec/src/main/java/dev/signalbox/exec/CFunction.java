package dev.signalbox.exec;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.util.Optional;

/** A function of the C library. Thread-safe. */
final class CFunction {
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;
    static final MemoryLayout POINTER = ValueLayout.ADDRESS;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup SYMBOLS = LINKER.defaultLookup();
    private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO = STATE.byteOffset(PathElement.groupElement("errno"));

    private final String name;
    /** (Object[]) to long; the first element is the segment for errno. */
    private final MethodHandle handle;

    private CFunction(String name, MethodHandle handle) {
        this.name = name;
        this.handle = handle;
    }

    /** @throws UnsupportedOperationException if this C library does not have it */
    static CFunction of(String name, MemoryLayout result, MemoryLayout... arguments) {
        return find(name, result, arguments).orElseThrow(() -> missing(name));
    }

    static Optional<CFunction> find(String name, MemoryLayout result, MemoryLayout... arguments) {
        return SYMBOLS.find(name).map(symbol -> bind(name, symbol, result, arguments, CAPTURE));
    }

    /** One with {@code fixed} arguments before the "...". */
    static CFunction variadic(String name, int fixed, MemoryLayout result, MemoryLayout... arguments) {
        MemorySegment symbol = SYMBOLS.find(name).orElseThrow(() -> missing(name));
        return bind(name, symbol, result, arguments, CAPTURE, Linker.Option.firstVariadicArg(fixed));
    }

    private static UnsupportedOperationException missing(String name) {
        return new UnsupportedOperationException(
                "this C library has no function " + name + "; glibc 2.34 or newer is needed");
    }

    @SuppressWarnings("restricted") // the one place where this library leaves the JVM; SpawnBackend asks whether it may
    private static CFunction bind(
            String name,
            MemorySegment symbol,
            MemoryLayout result,
            MemoryLayout[] arguments,
            Linker.Option... options) {
        MethodHandle bound = LINKER.downcallHandle(symbol, FunctionDescriptor.of(result, arguments), options);
        MethodHandle spread = bound.asSpreader(Object[].class, 1 + arguments.length);
        return new CFunction(name, spread.asType(MethodType.methodType(long.class, Object[].class)));
    }

    /** What it returned, or the negative errno where that was -1. */
    long call(Object... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            Object[] all = new Object[arguments.length + 1];
            all[0] = state;
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            long result = (long) handle.invokeExact(all);
            return result == -1 ? -state.get(ValueLayout.JAVA_INT, ERRNO) : result;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(name + " could not be called", e);
        }
    }
}
