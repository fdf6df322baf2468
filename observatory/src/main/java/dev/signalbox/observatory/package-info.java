/** Ships logs in batches over HTTP, one buffer an execution context, with a spool on disk. */
@NullMarked
package dev.signalbox.observatory;

import org.jspecify.annotations.NullMarked;
