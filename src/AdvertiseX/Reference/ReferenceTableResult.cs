namespace AdvertiseX.Reference;

/// <summary>One table after a load.</summary>
/// <param name="Table">Its name.</param>
/// <param name="Rows">Rows that it holds now.</param>
/// <param name="Changed">False when it held the same before; then nothing was committed.</param>
public sealed record ReferenceTableResult(string Table, long Rows, bool Changed);
