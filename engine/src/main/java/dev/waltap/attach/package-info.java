/**
 * Standing at a live database: its files, its connection, what refuses it, what guards its history.
 */
@NullMarked
package dev.waltap.attach;

import org.jspecify.annotations.NullMarked;
