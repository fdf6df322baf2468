/** Hibernate ORM over a {@link dev.signalbox.database.Database}. */
@NullMarked
package dev.signalbox.database.hibernate;

import org.jspecify.annotations.NullMarked;
