// Stands in bundles for what typage imports and Panah refuses: hybrid and hardware-tag keys (docs/spec/envelope.md).
// It saves a third of the bundle. checkRecipients never lets such a key come this far; if one did, this throws.

const absent = new Proxy(
  {},
  {
    get(): never {
      throw new Error("this kind of key is refused");
    },
  },
);

export { absent as MLKEM768P256, absent as MLKEM768X25519, absent as p256 };
