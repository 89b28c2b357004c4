using AdvertiseX.DuckDb.Native;

namespace AdvertiseX.DuckDb;

/// <summary>
/// One DuckDB instance in this process. Thread-safe. Disposing it closes the instance once its connections are gone
/// too.
/// </summary>
internal sealed class DuckDbDatabase : IDisposable
{
    private readonly DatabaseHandle _handle;

    private DuckDbDatabase(DatabaseHandle handle) => _handle = handle;

    /// <summary>Version of the native library, such as "v1.5.6".</summary>
    /// <exception cref="DllNotFoundException">The library is not installed; the text says what to run.</exception>
    public static unsafe string LibraryVersion => NativeText.Read(NativeMethods.LibraryVersion());

    /// <summary>Opens an instance.</summary>
    /// <param name="path">A database file, created if absent; null for one in memory.</param>
    /// <param name="settings">DuckDB's settings by name, as duckdb_settings() lists them.</param>
    /// <exception cref="DuckDbException">A setting is not known or refused, or the file cannot be opened.</exception>
    /// <exception cref="DllNotFoundException">The library is not installed; the text says what to run.</exception>
    public static unsafe DuckDbDatabase Open(string? path = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        if (NativeMethods.CreateConfig(out var config) != 0)
            throw new DuckDbException("DuckDB made no configuration");
        try
        {
            foreach (var (name, value) in settings ?? new Dictionary<string, string>())
            {
                if (NativeMethods.SetConfig(config, name, value) != 0)
                    throw new DuckDbException($"Settings Error: DuckDB refuses the setting {name} = {value}");
            }

            if (NativeMethods.Open(path, out var database, config, out var error) != 0)
                throw new DuckDbException(NativeText.Take(error));
            return new DuckDbDatabase(new DatabaseHandle(database));
        }
        finally
        {
            NativeMethods.DestroyConfig(ref config);
        }
    }

    /// <summary>A new connection; each runs one statement at a time.</summary>
    public DuckDbConnection Connect() =>
        NativeMethods.Connect(_handle, out var connection) == 0
            ? new DuckDbConnection(new ConnectionHandle(connection))
            : throw new DuckDbException("DuckDB gave no connection");

    public void Dispose() => _handle.Dispose();
}
