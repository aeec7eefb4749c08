<?xml version="1.0" encoding="UTF-8"?>
<!-- Invoices and counterparties of the CRM towards EnterpriseData 1.19, as far as the bench's
     messages need it: the same mapping, the same content of Body. XSLT 1.0. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:c="urn:enterprisedata-converter:crm:1.0"
    xmlns:msg="http://www.1c.ru/SSL/Exchange/Message"
    xmlns="http://v8.1c.ru/edi/edi_stnd/EnterpriseData/1.19"
    exclude-result-prefixes="c">
  <xsl:output method="xml" encoding="UTF-8" indent="no"/>
  <xsl:strip-space elements="*"/>
  <xsl:key name="contract" match="c:Договор" use="c:Ссылка"/>

  <xsl:template match="/Message">
    <Message xmlns="">
      <xsl:copy-of select="msg:Header"/>
      <Body xmlns="http://v8.1c.ru/edi/edi_stnd/EnterpriseData/1.19">
        <xsl:apply-templates select="c:Body/c:Справочник.Контрагенты"/>
        <xsl:for-each select="c:Body/c:Документ.СчетНаОплату/c:Договор[generate-id() = generate-id(key('contract', c:Ссылка)[1])]">
          <Справочник.Договоры>
            <КлючевыеСвойства><xsl:call-template name="contract"/></КлючевыеСвойства>
          </Справочник.Договоры>
        </xsl:for-each>
        <xsl:apply-templates select="c:Body/c:Документ.СчетНаОплату"/>
      </Body>
    </Message>
  </xsl:template>

  <!-- a group or a value that is the same on both sides -->
  <xsl:template match="*" mode="same">
    <xsl:element name="{local-name()}">
      <xsl:choose>
        <xsl:when test="*"><xsl:apply-templates select="*" mode="same"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
      </xsl:choose>
    </xsl:element>
  </xsl:template>

  <xsl:template name="currency">
    <xsl:param name="of"/>
    <ДанныеКлассификатора><xsl:apply-templates select="$of/*" mode="same"/></ДанныеКлассификатора>
  </xsl:template>

  <xsl:template name="contract">
    <xsl:apply-templates select="c:Ссылка" mode="same"/>
    <ВидДоговора>СПокупателем</ВидДоговора>
    <xsl:apply-templates select="../c:КлючевыеСвойства/c:Организация | ../c:Контрагент" mode="same"/>
    <ВалютаВзаиморасчетов>
      <xsl:call-template name="currency"><xsl:with-param name="of" select="../c:Валюта"/></xsl:call-template>
    </ВалютаВзаиморасчетов>
    <xsl:apply-templates select="c:Наименование" mode="same"/>
    <xsl:if test="c:Дата"><Дата><xsl:value-of select="substring-before(c:Дата, 'T')"/></Дата></xsl:if>
    <xsl:apply-templates select="c:Номер" mode="same"/>
  </xsl:template>

  <xsl:template match="c:Документ.СчетНаОплату">
    <Документ.ЗаказКлиента>
      <xsl:apply-templates select="c:КлючевыеСвойства" mode="same"/>
      <Валюта>
        <xsl:call-template name="currency"><xsl:with-param name="of" select="c:Валюта"/></xsl:call-template>
      </Валюта>
      <xsl:apply-templates select="c:Сумма" mode="reordered"/>
      <ДанныеВзаиморасчетов>
        <xsl:for-each select="c:Договор">
          <Договор><xsl:call-template name="contract"/></Договор>
        </xsl:for-each>
        <ВалютаВзаиморасчетов>
          <xsl:call-template name="currency"><xsl:with-param name="of" select="c:Валюта"/></xsl:call-template>
        </ВалютаВзаиморасчетов>
        <xsl:if test="c:Курс"><КурсВзаиморасчетов><xsl:value-of select="c:Курс"/></КурсВзаиморасчетов></xsl:if>
        <xsl:if test="c:Кратность"><КратностьВзаиморасчетов><xsl:value-of select="c:Кратность"/></КратностьВзаиморасчетов></xsl:if>
      </ДанныеВзаиморасчетов>
      <xsl:if test="c:АдресДоставки"><АдресДоставки><xsl:value-of select="substring(c:АдресДоставки, 1, 250)"/></АдресДоставки></xsl:if>
      <СуммаВключаетНДС>
        <xsl:choose>
          <xsl:when test="c:СуммаВключаетНДС = 'false'">false</xsl:when>
          <xsl:otherwise>true</xsl:otherwise>
        </xsl:choose>
      </СуммаВключаетНДС>
      <xsl:for-each select="c:БанковскийСчетОрганизации">
        <БанковскийСчетОрганизации>
          <xsl:apply-templates select="c:НомерСчета" mode="same"/>
          <xsl:if test="c:БИК or c:Банк">
            <Банк>
              <ДанныеКлассификатораБанков>
                <xsl:if test="c:Банк"><Наименование><xsl:value-of select="c:Банк"/></Наименование></xsl:if>
                <xsl:apply-templates select="c:БИК" mode="same"/>
              </ДанныеКлассификатораБанков>
            </Банк>
          </xsl:if>
          <Владелец>
            <ОрганизацииСсылка><xsl:apply-templates select="../c:КлючевыеСвойства/c:Организация/*" mode="same"/></ОрганизацииСсылка>
          </Владелец>
        </БанковскийСчетОрганизации>
      </xsl:for-each>
      <xsl:if test="c:Товары/c:Строка">
        <Товары><xsl:apply-templates select="c:Товары/c:Строка"/></Товары>
      </xsl:if>
      <xsl:if test="c:ОплатитьДо">
        <ЭтапыОплаты>
          <Строка>
            <НомерСтрокиДокумента>1</НомерСтрокиДокумента>
            <ВариантОплаты>Предоплата</ВариантОплаты>
            <ФормаОплаты>Безналичная</ФормаОплаты>
            <ДатаПлатежа><xsl:value-of select="substring-before(c:ОплатитьДо, 'T')"/></ДатаПлатежа>
            <ПроцентПлатежа>100</ПроцентПлатежа>
            <СуммаПлатежа><xsl:value-of select="c:Сумма"/></СуммаПлатежа>
          </Строка>
        </ЭтапыОплаты>
      </xsl:if>
      <xsl:call-template name="common"/>
    </Документ.ЗаказКлиента>
  </xsl:template>

  <xsl:template match="c:Сумма" mode="reordered">
    <xsl:apply-templates select="." mode="same"/>
    <xsl:apply-templates select="../c:Контрагент" mode="same"/>
  </xsl:template>

  <xsl:template name="interest">
    <xsl:value-of select="normalize-space(concat(c:Интерес/c:Номер, ' ', c:Интерес/c:Тема))"/>
  </xsl:template>

  <xsl:template name="common">
    <ОбщиеСвойстваОбъектовФормата>
      <xsl:if test="c:Комментарий or c:Интерес or c:ОтгрузкаРазрешена">
        <Комментарий>
          <xsl:value-of select="c:Комментарий"/>
          <xsl:if test="c:Комментарий and (c:Интерес or c:ОтгрузкаРазрешена)"><xsl:text>&#10;</xsl:text></xsl:if>
          <xsl:if test="c:Интерес or c:ОтгрузкаРазрешена">
            <xsl:text>[CRM: </xsl:text>
            <xsl:choose>
              <xsl:when test="c:ОтгрузкаРазрешена = 'true'">отгрузка разрешена</xsl:when>
              <xsl:when test="c:ОтгрузкаРазрешена">отгрузка не разрешена</xsl:when>
            </xsl:choose>
            <xsl:if test="c:Интерес">
              <xsl:if test="c:ОтгрузкаРазрешена"><xsl:text>; </xsl:text></xsl:if>
              <xsl:text>интерес: </xsl:text>
              <xsl:call-template name="interest"/>
            </xsl:if>
            <xsl:text>]</xsl:text>
          </xsl:if>
        </Комментарий>
      </xsl:if>
      <xsl:if test="c:Менеджер"><Ответственный><xsl:apply-templates select="c:Менеджер/*" mode="same"/></Ответственный></xsl:if>
      <xsl:if test="c:Интерес or c:ОтгрузкаРазрешена">
        <ДополнительныеРеквизиты>
          <xsl:if test="c:Интерес">
            <Строка>
              <ЗначениеСвойства><Строка><xsl:call-template name="interest"/></Строка></ЗначениеСвойства>
              <Свойство>
                <Наименование>CRM_Интерес</Наименование>
                <ЭтоДополнительноеСведение>true</ЭтоДополнительноеСведение>
              </Свойство>
            </Строка>
          </xsl:if>
          <xsl:if test="c:ОтгрузкаРазрешена">
            <Строка>
              <ЗначениеСвойства><Булево><xsl:value-of select="c:ОтгрузкаРазрешена"/></Булево></ЗначениеСвойства>
              <Свойство>
                <Наименование>CRM_ОтгрузкаРазрешена</Наименование>
                <ЭтоДополнительноеСведение>true</ЭтоДополнительноеСведение>
              </Свойство>
            </Строка>
          </xsl:if>
        </ДополнительныеРеквизиты>
      </xsl:if>
    </ОбщиеСвойстваОбъектовФормата>
  </xsl:template>

  <xsl:template match="c:Товары/c:Строка">
    <Строка>
      <НомерСтрокиДокумента><xsl:value-of select="c:НомерСтроки"/></НомерСтрокиДокумента>
      <ДанныеНоменклатуры>
        <Номенклатура>
          <xsl:apply-templates select="c:Номенклатура/c:Ссылка" mode="same"/>
          <xsl:apply-templates select="c:Номенклатура/c:Артикул" mode="same"/>
          <xsl:apply-templates select="c:Номенклатура/c:Наименование" mode="same"/>
        </Номенклатура>
      </ДанныеНоменклатуры>
      <ЕдиницаИзмерения>
        <xsl:call-template name="currency"><xsl:with-param name="of" select="c:ЕдиницаИзмерения"/></xsl:call-template>
      </ЕдиницаИзмерения>
      <xsl:apply-templates select="c:Количество" mode="same"/>
      <xsl:apply-templates select="c:Сумма" mode="same"/>
      <xsl:apply-templates select="c:Цена" mode="same"/>
      <xsl:apply-templates select="c:СтавкаНДС"/>
      <xsl:apply-templates select="c:СуммаНДС" mode="same"/>
    </Строка>
  </xsl:template>

  <xsl:template match="c:СтавкаНДС[. = 'НДС20']">
    <СтавкаНДС>
      <Ставка>20</Ставка>
      <РасчетнаяСтавка>false</РасчетнаяСтавка>
      <НеОблагается>false</НеОблагается>
      <ВидСтавки>Общая</ВидСтавки>
    </СтавкаНДС>
  </xsl:template>

  <xsl:template match="c:Справочник.Контрагенты">
    <Справочник.Контрагенты>
      <xsl:apply-templates select="c:КлючевыеСвойства" mode="same"/>
      <КонтактнаяИнформация>
        <xsl:apply-templates select="c:Телефон | c:ЭлектроннаяПочта | c:ЮридическийАдрес" mode="contact"/>
      </КонтактнаяИнформация>
    </Справочник.Контрагенты>
  </xsl:template>

  <xsl:template match="*" mode="contact">
    <Строка>
      <ВидКонтактнойИнформации>
        <xsl:choose>
          <xsl:when test="self::c:ЭлектроннаяПочта">АдресЭлектроннойПочты</xsl:when>
          <xsl:otherwise><xsl:value-of select="local-name()"/></xsl:otherwise>
        </xsl:choose>
      </ВидКонтактнойИнформации>
      <ЗначенияПолей>
        <xsl:text>&lt;КонтактнаяИнформация xmlns="http://www.v8.1c.ru/ssl/contactinfo" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" Представление="</xsl:text>
        <xsl:value-of select="."/>
        <xsl:text>"&gt;&lt;Состав xsi:type="</xsl:text>
        <xsl:choose>
          <xsl:when test="self::c:Телефон">НомерТелефона" Номер="<xsl:value-of select="."/></xsl:when>
          <xsl:when test="self::c:ЭлектроннаяПочта">ЭлектроннаяПочта" Значение="<xsl:value-of select="."/></xsl:when>
          <xsl:otherwise>Адрес" Страна="РОССИЯ</xsl:otherwise>
        </xsl:choose>
        <xsl:text>"/&gt;&lt;/КонтактнаяИнформация&gt;</xsl:text>
      </ЗначенияПолей>
    </Строка>
  </xsl:template>
</xsl:stylesheet>
