using AdvertiseX.Cli.Query;

namespace AdvertiseX.Tests.Cli;

public sealed class NamedTablesTests
{
    [Theory]
    [InlineData("select * from geo", "geo")]
    [InlineData("FROM GEO join \"funnel\" using (x)", "geo funnel")]
    [InlineData("select 'geo', \"a\"\"b\" from geodata -- funnel", "")]
    [InlineData("select 'it''s geo' /* geo\n*/ from funnel", "funnel")]
    [InlineData("select 1 -- geo\n from funnel", "funnel")]
    [InlineData("select 'geo", "")]
    [InlineData("/* geo", "")]
    [InlineData("from \"geo", "geo")]
    [InlineData("select 2geo", "geo")]
    [InlineData("'", "")]
    [InlineData("", "")]
    public void Names_outside_of_texts_and_comments_count(string sql, string expected) =>
        Assert.Equal(expected, string.Join(' ', NamedTables.In(sql, ["geo", "funnel"])));
}
