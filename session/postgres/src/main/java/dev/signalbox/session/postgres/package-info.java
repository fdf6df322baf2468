/** The session bus on PostgreSQL: a table is the truth, NOTIFY only wakes. */
@NullMarked
package dev.signalbox.session.postgres;

import org.jspecify.annotations.NullMarked;
