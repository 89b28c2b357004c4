using System.Globalization;
using System.Text;
using AdvertiseX.Columns;

namespace AdvertiseX.Lake.Delta;

/// <summary>What <c>_last_checkpoint</c> says of the newest checkpoint.</summary>
/// <param name="Version">Its version; -1 for none.</param>
/// <param name="Hash">Hash of its bytes; null where its writer noted none.</param>
/// <param name="Actions">Its rows; 0 where they are not noted.</param>
/// <param name="RemovedSince">Since when, in millis since 1970 UTC, it names files that left the table; null where that
/// is not noted.</param>
internal sealed record CheckpointHint(long Version, string? Hash, long Actions, long? RemovedSince)
{
    public static readonly CheckpointHint None = new(-1, null, 0, null);

    /// <summary>The tag that holds <see cref="OwnHash"/>.</summary>
    public const string OwnHashTag = "adx.hintHash";

    /// <summary>Hash of what it says: a wrong version would keep checkpoints from being written, a wrong hash the one
    /// that is there from being read.</summary>
    public string OwnHash =>
        FileHash.TextOf(
            Encoding.ASCII.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"{Version} {Hash} {Actions} {RemovedSince}")
            )
        );
}
