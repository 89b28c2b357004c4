using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Lake;

/// <summary>How a version of a table is folded; null for a table whose rows stay as they are.</summary>
internal delegate ValueTask<SumFold?> FoldOf(LakeTable table, DeltaSnapshot snapshot, CancellationToken cancellation);
