using AdvertiseX.Events;

namespace AdvertiseX.Sources;

/// <summary>A block of whole records and where its stream stands after it. Whoever takes it owns the block.</summary>
/// <param name="Block">The block.</param>
/// <param name="End">The stream after the block.</param>
internal readonly record struct CutBlock(Block Block, ContentMark End);
