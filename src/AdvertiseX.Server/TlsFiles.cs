using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AdvertiseX.Server;

/// <summary>
/// The certificate of a server and its key, as PEM files, read anew for new connections when one of them has changed:
/// whoever renews certificates need not restart the server. While they do not fit each other, as in the middle of a
/// renewal, the last that did counts. Thread-safe.
/// </summary>
internal sealed class TlsFiles : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly string _certificate;
    private readonly string _key;
    private readonly TimeProvider _clock;
    private readonly Action<string?> _tell;
    private readonly Lock _reading = new();
    private readonly List<X509Certificate2> _owned = [];
    private volatile SslStreamCertificateContext _context;
    private (DateTime, long, DateTime, long) _read;
    private long _looked;
    private bool _failed;

    /// <summary>Reads them.</summary>
    /// <param name="certificate">The certificate, and behind it those between it and the root.</param>
    /// <param name="key">The key of the first.</param>
    /// <param name="clock">Measures how often is looked.</param>
    /// <param name="tell">Takes why changed files cannot be used, once; and null when they can. From any
    /// thread.</param>
    /// <exception cref="BadSettingException">They cannot be read, or do not fit each other.</exception>
    public TlsFiles(string certificate, string key, TimeProvider clock, Action<string?> tell)
    {
        (_certificate, _key, _clock, _tell) = (certificate, key, clock, tell);
        try
        {
            _read = Stamp();
            _looked = clock.GetTimestamp();
            _context = Read();
        }
        catch (Exception error) when (IsOfFiles(error))
        {
            throw new BadSettingException(
                $"serve.tls_certificate_file is \"{certificate}\" and serve.tls_key_file \"{key}\"; allowed: PEM files of a certificate and its key; {ReasonOf(error)}"
            );
        }
    }

    /// <summary>The certificate for a new connection.</summary>
    public SslStreamCertificateContext Current
    {
        get
        {
            if (_clock.GetElapsedTime(Interlocked.Read(ref _looked)) >= LookEvery && _reading.TryEnter())
                try
                {
                    Look();
                }
                finally
                {
                    _reading.Exit();
                }

            return _context;
        }
    }

    public void Dispose()
    {
        foreach (var certificate in _owned)
            certificate.Dispose();
    }

    private void Look()
    {
        Interlocked.Exchange(ref _looked, _clock.GetTimestamp());
        try
        {
            var stamp = Stamp();
            if (stamp == _read)
                return;
            _context = Read();
            _read = stamp;
            if (_failed)
                _tell(null);
            _failed = false;
        }
        catch (Exception error) when (IsOfFiles(error))
        {
            if (!_failed)
                _tell(ReasonOf(error));
            _failed = true;
        }
    }

    // A key that does not fit the certificate is an argument that is wrong.
    private static bool IsOfFiles(Exception error) =>
        error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;

    private static string ReasonOf(Exception error) =>
        error switch
        {
            FileNotFoundException or DirectoryNotFoundException => "one of them is not there",
            CryptographicException => "one of them is not PEM, or has a password",
            ArgumentException => "the key is not that of the certificate",
            _ => error.Message,
        };

    private (DateTime, long, DateTime, long) Stamp()
    {
        var (certificate, key) = (new FileInfo(_certificate), new FileInfo(_key));
        return (certificate.LastWriteTimeUtc, certificate.Length, key.LastWriteTimeUtc, key.Length);
    }

    // Connections that are open go on with the certificate that they have, so none is disposed before the end.
    private SslStreamCertificateContext Read()
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(_certificate);
        var own = X509Certificate2.CreateFromPemFile(_certificate, _key);
        _owned.Add(own);
        _owned.AddRange(chain);
        return SslStreamCertificateContext.Create(own, chain, offline: true);
    }
}
