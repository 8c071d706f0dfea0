// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.model;

import dev.waltap.api.Row;
import dev.waltap.api.StorageClass;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link Row} made of known values: how tests and JSON lines speak to the oracle. */
public final class ImageRow implements Row {
  private final Image image;

  public ImageRow(Image image) {
    this.image = image;
  }

  @Override
  public int size() {
    return image.values().size();
  }

  @Override
  public List<String> names() {
    return image.names();
  }

  @Override
  public int indexOf(String name) {
    for (int i = 0; i < size(); i++) {
      if (Names.equal(names().get(i), name)) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public StorageClass storageClass(int index) {
    return image.values().get(index).kind();
  }

  @Override
  public long getLong(int index) {
    return image.values().get(index).asLong();
  }

  @Override
  public double getDouble(int index) {
    Value value = image.values().get(index);
    return value.kind() == StorageClass.INTEGER ? value.asLong() : value.asDouble();
  }

  @Override
  public @Nullable String getString(int index) {
    return isNull(index) ? null : image.values().get(index).asText();
  }

  @Override
  public byte @Nullable [] getBytes(int index) {
    byte[] bytes = image.values().get(index).bytes();
    if (bytes == null && !isNull(index)) {
      throw new IllegalStateException("no bytes are known of " + image.values().get(index));
    }
    return bytes == null ? null : bytes.clone();
  }

  /** The bytes of a text, or null where only its characters are known. */
  byte @Nullable [] textBytes(int index) {
    return image.values().get(index).bytes();
  }

  @Override
  public String toString() {
    return image.toString();
  }
}
