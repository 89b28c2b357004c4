using AdvertiseX.Columns;
using AdvertiseX.Keys;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake.Keys;

/// <summary>Reads sidecars of a table's files; one that is missing or damaged is made anew from its file. For one
/// thread at a time.</summary>
internal sealed class SidecarReader(
    IObjectStore store,
    LakeEngine engine,
    TableSchema schema,
    OpenKeyFiles files,
    string section = KeyPaths.EventSection
)
{
    /// <summary>How many keys a file has.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public ValueTask<long> CountAsync(string path, CancellationToken cancellation) =>
        ReadAsync(path, sets => sets.Sum(set => set.Count), cancellation);

    /// <summary>Reads the keys of a file, in facts those of events.</summary>
    /// <param name="path">Path of the data file, relative to the table's folder.</param>
    /// <param name="read">Takes the sections; called again when a page turns out to be damaged.</param>
    /// <param name="cancellation">Stops before a sidecar is made.</param>
    /// <exception cref="FileNotFoundException">The data file is not there.</exception>
    /// <exception cref="DeltaException">The data file is damaged.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public async ValueTask<T> ReadAsync<T>(
        string path,
        Func<IReadOnlyList<KeySet>, T> read,
        CancellationToken cancellation
    )
    {
        var key = KeyPaths.SidecarOf(schema.Name, path);
        try
        {
            return read(files.Open(key).SectionsOf(section));
        }
        catch (KeyFileException)
        {
            files.Drop(key);
        }

        await KeySidecar.MakeAsync(store, engine, schema, path, cancellation);
        return read(files.Open(key).SectionsOf(section));
    }
}
