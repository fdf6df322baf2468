/** One configuration for every database: pool, dialect, transactions, migrations. */
@NullMarked
package dev.signalbox.database;

import org.jspecify.annotations.NullMarked;
