"""Small files of CVAT's XML, and what the importer makes of them."""

from labelport.formats.cvat_xml import FORMAT
from tests.formats import cvat
from tests.formats.cvat import Outcome

LABELS = """
<label><name>car</name><color>#aabbcc</color><attributes>
  <attribute><name>make</name><mutable>False</mutable><input_type>select</input_type><values>a\nb</values></attribute>
  <attribute><name>seen</name><mutable>True</mutable><input_type>checkbox</input_type></attribute>
</attributes></label>
<label><name>body</name><attributes/>
  <svg>&lt;line data-node-from="1" data-node-to="2"/&gt;&lt;circle data-node-id="1" data-label-name="nose"/&gt;
  &lt;circle data-node-id="2" data-label-name="ear"/&gt;</svg></label>
<label><name>nose</name><parent>body</parent><attributes>
  <attribute><name>wet</name><mutable>True</mutable><input_type>checkbox</input_type></attribute></attributes></label>
<label><name>ear</name><parent>body</parent><attributes/></label>
"""
TASK = f"<task><id>5</id><name>t</name><size>9</size><mode>annotation</mode><labels>{LABELS}</labels></task>"
PROJECT = f"""<project><id>2</id><name>p</name><labels>{LABELS}</labels><tasks>
<task><id>7</id><name>one</name><size>4</size><mode>interpolation</mode><subset>A</subset><start_frame>10</start_frame>
  <frame_filter>step=2</frame_filter><original_size><width>8</width><height>6</height></original_size></task>
<task><id>8</id><name>two</name><size>3</size><mode>annotation</mode><subset>A</subset><start_frame>0</start_frame>
  <frame_filter></frame_filter></task>
<task><id>9</id><name>three</name><size>3</size><mode>annotation</mode><subset>B</subset></task></tasks></project>"""


def document(body: str, meta: str = TASK) -> str:
    return f"<annotations><version>1.1</version><meta>{meta}</meta>{body}</annotations>"


def decode(*contents: str | bytes) -> Outcome:
    return cvat.decode(FORMAT, [cvat.given(f"{at}.xml", content) for at, content in enumerate(contents)])


def shape(element: str, *, width: int = 6, height: int = 4) -> Outcome:
    return decode(document(f'<image id="3" name="a.jpg" width="{width}" height="{height}">{element}</image>'))


def tracked(body: str, meta: str = TASK) -> Outcome:
    return decode(document(body, meta))
