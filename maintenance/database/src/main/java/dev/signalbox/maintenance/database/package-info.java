/** A gate before a connection pool, and maintenance signals in a table. */
@NullMarked
package dev.signalbox.maintenance.database;

import org.jspecify.annotations.NullMarked;
